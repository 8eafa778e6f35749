// What a report shows of a tagger, for people.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tasks/tag/score.h"
#include "train/job.h"

namespace recur {

/// Tables on a split: chunks by type or tags, intents, confusions, the sentences that were furthest from
/// right.
std::vector<ReportTable> tables_of(const TagPipeline& pipeline, const TagScore& score,
                                   std::span<const TagAnswer> answers, std::span<const TagExample> examples,
                                   const std::string& split);
/// Says in a table how the model compares with the baselines by a metric, on the last split.
void add_verdict(Report& report, const std::string& metric);

}  // namespace recur
