// SPDX-License-Identifier: MIT
#pragma once

#include "base/cache_verdict.h"

// The verdicts are words that records, logs and metrics share with the cache.

namespace reverxy::cache {

using reverxy::CacheVerdict;
using reverxy::infoOf;
using reverxy::isHit;
using reverxy::mayReuse;
using reverxy::mayValidate;
using reverxy::ReuseVerdict;
using reverxy::StoreVerdict;
using reverxy::VerdictInfo;

} // namespace reverxy::cache
