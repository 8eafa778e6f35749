// Steps and values that a series lacks.
#pragma once

#include "data/series/panel.h"
#include "data/series/series_source.h"

namespace recur {

struct Filled {
  Index steps = 0, values = 0;
};

/// Makes a series whole as the policy says: steps that its times leave out, and values that are NaN. Throws
/// DataError with file and line where the policy is `error`, where a time does not lie on the frequency's
/// grid, or where `forward` finds no value before.
/// OneSeries::filled tells afterwards what was filled in.
Filled fill_panel(const SeriesPanel& panel, OneSeries& series, Missing policy);

}  // namespace recur
