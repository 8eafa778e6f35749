// A seq2seq model in training.
#pragma once

#include <memory>

#include "tasks/seq2seq/data.h"
#include "train/job.h"

namespace recur {

std::unique_ptr<TrainingJob> make_seq2seq_job(const Seq2SeqConfig& config, Seq2SeqData data);

}  // namespace recur
