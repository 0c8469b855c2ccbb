// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"

namespace reverxy::test {

/// The cache of the sample's engine after two hours of traffic.
api::CacheSnapshot sampleCache();
/// What is stored in it, all in one part, listed at sampleTime().
api::CachePage sampleCachePage();

} // namespace reverxy::test
