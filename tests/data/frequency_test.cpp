// The frequency of a series, found from its times.
#include "data/series/frequency.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

std::vector<Time> times_of(const std::vector<std::string>& texts) {
  const TimeFormat format = find_time_format(texts)->format;
  std::vector<Time> times;
  for (const std::string& text : texts) times.push_back(*format.parse(text));
  return times;
}
Frequency frequency_of(const std::vector<std::string>& texts) {
  return find_frequency(times_of(texts), find_time_format(texts)->format.is_number());
}

TEST(Frequency, IsFoundAndNamed) {
  EXPECT_EQ(frequency_of({"2016-07-01 00:00", "2016-07-01 01:00", "2016-07-01 02:00"}).describe(), "1 hour");
  EXPECT_EQ(frequency_of({"2016-07-01 00:00", "2016-07-01 00:30", "2016-07-01 01:00"}).describe(),
            "30 minutes");
  EXPECT_EQ(frequency_of({"2016-07-01", "2016-07-08", "2016-07-15"}).describe(), "1 week");
  EXPECT_EQ(frequency_of({"2015-12", "2016-01", "2016-02", "2016-03"}).describe(), "1 month");
  EXPECT_EQ(frequency_of({"2016-01-31", "2016-02-29", "2016-03-31"}).describe(),
            "1 month (last days of months)");
  EXPECT_EQ(frequency_of({"2015-01-01", "2015-04-01", "2015-07-01"}).describe(), "1 quarter");
  EXPECT_EQ(frequency_of({"2015Q4", "2016Q1", "2016Q2"}).describe(), "1 quarter");
  EXPECT_EQ(frequency_of({"2014-06-30", "2015-06-30", "2016-06-30"}).describe(), "1 year");
  EXPECT_EQ(frequency_of({"1949", "1950", "1951"}).describe(), "steps of 1");
  EXPECT_EQ(frequency_of({"0.5", "1", "1.5"}).describe(), "steps of 0.5");
}

TEST(Frequency, WhatItSaysIsReadBack) {
  using Kind = Frequency::Kind;
  for (const Frequency& f :
       {Frequency{Kind::time, kHour}, Frequency{Kind::time, 30 * kMinute}, Frequency{Kind::time, 14 * kDay},
        Frequency{Kind::time, 1500 * kSecond / 1000}, Frequency{Kind::months, 1}, Frequency{Kind::months, 3},
        Frequency{Kind::months, 24}, Frequency{Kind::month_ends, 2}, Frequency{Kind::weekdays, kDay},
        Frequency{Kind::number, 100'000}, Frequency{Kind::number, 1'000'000},
        Frequency{Kind::irregular, 36 * kHour}, Frequency{Kind::irregular_numbers, 2'500'000}}) {
    const std::optional<Frequency> read = read_frequency(f.describe());
    ASSERT_TRUE(read.has_value()) << f.describe();
    EXPECT_EQ(read->kind, f.kind) << f.describe();
    EXPECT_EQ(read->step, f.step) << f.describe();
  }
  EXPECT_EQ(read_frequency("1.5 days")->step, 36 * kHour);
  EXPECT_EQ(read_frequency("0.5 weeks")->step, 84 * kHour);
  for (const char* text : {"", "irregular", "irregular, about 1 month", "1.5 months", "hourly", "1",
                           "0 hours", "-1 day", "steps of 0", "1e300 years"})
    EXPECT_FALSE(read_frequency(text).has_value()) << text;
}

TEST(Frequency, AGapLeavesItRegular) {
  const std::vector<std::string> texts{"1984-12-28", "1984-12-29", "1984-12-30", "1985-01-01", "1985-01-02"};
  const Frequency daily = frequency_of(texts);
  EXPECT_EQ(daily.describe(), "1 day");
  const std::vector<Time> times = times_of(texts);
  EXPECT_EQ(daily.steps_between(times[2], times[3]), 2);
  EXPECT_EQ(daily.steps_between(times[0], times[1]), 1);
}

TEST(Frequency, TradingDaysAndIrregularTimesHaveNoStep) {
  std::vector<std::string> days;
  for (const char* month : {"01", "02", "03"})  // 1996: 1 January was a Monday
    for (int day = 1; day <= 28; ++day) {
      const std::string text =
          "1996-" + std::string(month) + "-" + (day < 10 ? "0" : "") + std::to_string(day);
      const Time time = times_of({text})[0];
      const Index weekday = (time / kDay + 4) % 7;
      if (weekday != 0 && weekday != 6) days.push_back(text);
    }
  const Frequency trading = frequency_of(days);
  EXPECT_EQ(trading.describe(), "trading days");
  EXPECT_FALSE(trading.regular());
  const Time friday = times_of({"1996-01-05"})[0];
  EXPECT_EQ(trading.after(friday), friday + 3 * kDay);

  const Frequency uneven =
      frequency_of({"2016-07-01 00:00", "2016-07-01 01:00", "2016-07-01 02:07", "2016-07-01 03:00"});
  EXPECT_EQ(uneven.kind, Frequency::Kind::irregular);
  EXPECT_EQ(uneven.step, kHour);
}

TEST(Frequency, MonthsAreStepsOfTheCalendar) {
  const std::vector<Time> times = times_of({"2016-01-31", "2016-02-29", "2016-04-30"});
  const Frequency monthly{Frequency::Kind::month_ends, 1};
  EXPECT_EQ(monthly.after(times[0]), times[1]);
  EXPECT_EQ(monthly.after(times[0], 3), times[2]);
  EXPECT_EQ(monthly.steps_between(times[0], times[2]), 3);
  EXPECT_EQ((Frequency{Frequency::Kind::months, 3}.steps_between(times[0], times[1])), std::nullopt);
}

TEST(Frequency, UsualSeasons) {
  EXPECT_EQ(usual_seasons({Frequency::Kind::time, kHour}), (std::vector<Index>{24, 168}));
  EXPECT_EQ(usual_seasons({Frequency::Kind::time, 30 * kMinute}), (std::vector<Index>{2, 48, 336}));
  EXPECT_EQ(usual_seasons({Frequency::Kind::time, kDay}), (std::vector<Index>{7, 365}));
  EXPECT_EQ(usual_seasons({Frequency::Kind::months, 1}), (std::vector<Index>{12}));
  EXPECT_EQ(usual_seasons({Frequency::Kind::months, 3}), (std::vector<Index>{4}));
  EXPECT_TRUE(usual_seasons({Frequency::Kind::months, 12}).empty());
}

}  // namespace
}  // namespace recur
