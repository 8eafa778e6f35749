// A tagger in training.
#pragma once

#include <memory>

#include "tasks/tag/data.h"
#include "train/job.h"

namespace recur {

std::unique_ptr<TrainingJob> make_tag_job(const TagConfig& config, TagData data);

}  // namespace recur
