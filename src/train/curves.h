// curves.svg: what a run's losses, metrics, gradients and learning rate did.
#pragma once

#include "train/history.h"
#include "train/plot.h"

namespace recur {

/// The curves of a run, finished or not, as far as it has anything to show:
/// - losses: training (each step faint, their running mean strong), validation, baselines, the best epoch
/// marked;
/// - metrics: shares (all within [0, 1]) in one panel, any other in its own; perplexity and bits per
/// character are left
///   to the subtitle, as they are the loss in another unit;
/// - the norm of the gradient of each parameter, on a logarithmic axis;
/// - the learning rate, if it changes.
/// x counts epochs, or steps as long as nothing says how many make an epoch.
Figure curves_of(const History& history);

}  // namespace recur
