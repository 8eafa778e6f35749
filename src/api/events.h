// What a training run tells whoever watches it.
#pragma once

#include "train/events.h"
