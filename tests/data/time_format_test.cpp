// Times: read in the usual ways of writing them, written back alike, and resolved where clocks were changed.
#include "data/series/time_format.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "data/series/time_zone.h"

namespace recur {
namespace {

TimeFormat format_of(const std::vector<std::string>& cells) {
  const auto found = find_time_format(cells);
  EXPECT_TRUE(found.has_value()) << cells[0];
  return found ? found->format : TimeFormat{};
}

TEST(TimeFormat, WhatIsReadIsWrittenBack) {
  for (const char* text :
       {"2016-07-01 00:00:00", "2016-07-01T13:45:10", "2016-07-01", "2016/07/01", "1949-12", "2020-Q3",
        "2020Q4", "07/31/2016", "31.07.2016", "31.07.2016 09:30", "2016-07-01 00:00", "2016-07-01T00:00:00Z",
        "2016-07-01T00:00:00+02:00", "2016-07-01T00:00:00.250", "1749-01-01", "2300-02-28", "-3.5", "17"}) {
    const TimeFormat format = format_of({text});
    const auto time = format.parse(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(format.write(*time), text);
  }
}

TEST(TimeFormat, CountsFrom1970) {
  EXPECT_EQ(format_of({"1970-01-02 00:00:01"}).parse("1970-01-02 00:00:01"), kDay + kSecond);
  EXPECT_EQ(format_of({"2000-01-01"}).parse("2000-01-01"), 10957 * kDay);
  EXPECT_EQ(format_of({"1970-01-01T02:00:00+02:00"}).parse("1970-01-01T02:00:00+02:00"), 0);
  EXPECT_EQ(format_of({"1970-01-01T02:00:00+02:00"}).parse("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(format_of({"1969-12-31"}).parse("1969-12-31"), -kDay);
  EXPECT_EQ(format_of({"1"}).parse("2.5"), 2'500'000);
}

TEST(TimeFormat, RefusesWhatIsNoTime) {
  const TimeFormat format = format_of({"2016-07-01 00:00:00"});
  for (const char* text : {"", "2016-13-01 00:00:00", "2016-02-30 00:00:00", "2016-07-01 24:00:00", "2016-07",
                           "2016-07-01 00:00:00x", "2016/07/01 00:00:00", "1.7.2016", "07-01", "nan", "12",
                           "2016-07-01 00:60", "2016-07-01T00:00:00Z"})
    EXPECT_FALSE(format.parse(text).has_value()) << text;
  EXPECT_FALSE(find_time_format(std::vector<std::string>{"Monday"}).has_value());
  EXPECT_FALSE(find_time_format(std::vector<std::string>{""}).has_value());
  EXPECT_FALSE(find_time_format(std::vector<std::string>{}).has_value());
}

TEST(TimeFormat, DaysAndMonthsAreToldApartByAllCells) {
  using Date = TimeFormat::Date;
  EXPECT_EQ(format_of({"01/02/2020", "02/13/2020"}).date, Date::month_first);
  EXPECT_EQ(format_of({"01/02/2020", "13/02/2020"}).date, Date::day_first);
  EXPECT_EQ(format_of({"01.02.2020"}).date, Date::day_first);
  EXPECT_TRUE(find_time_format(std::vector<std::string>{"01/02/2020"})->ambiguous);
  EXPECT_FALSE(find_time_format(std::vector<std::string>{"01/02/2020", "13/02/2020"})->ambiguous);
}

class Berlin : public testing::Test {
 protected:
  void SetUp() override {
    try {
      zone_.emplace("Europe/Berlin");
    } catch (const ConfigError& error) {
      GTEST_SKIP() << error.what();
    }
  }
  Time at(const char* text) const { return *format_of({text}).parse(text); }
  std::optional<TimeZone> zone_;
};

TEST_F(Berlin, AnHourThatIsShownTwiceIsResolvedByItsOrder) {
  const Time first = at("2021-10-31 00:30"), second = at("2021-10-31 01:30");
  EXPECT_EQ(zone_->to_utc(at("2021-10-31 02:30"), std::nullopt), first);
  EXPECT_EQ(zone_->to_utc(at("2021-10-31 02:30"), at("2021-10-31 00:00")), first);
  EXPECT_EQ(zone_->to_utc(at("2021-10-31 02:30"), first), second);
  EXPECT_EQ(zone_->to_local(second), at("2021-10-31 02:30"));
}

TEST_F(Berlin, AnHourThatIsSkippedDoesNotExist) {
  EXPECT_FALSE(zone_->to_utc(at("2021-03-28 02:30"), std::nullopt).has_value());
  EXPECT_EQ(zone_->to_utc(at("2021-03-28 03:00"), std::nullopt), at("2021-03-28 01:00"));
  EXPECT_EQ(zone_->to_local(at("2021-03-28 01:00")), at("2021-03-28 03:00"));
}

TEST_F(Berlin, UnknownZonesAreRefused) { EXPECT_THROW(TimeZone("Europe/Berln"), ConfigError); }

}  // namespace
}  // namespace recur
