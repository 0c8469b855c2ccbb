// SPDX-License-Identifier: MIT
#pragma once

#include "support/steady_clients.h"

#include <cstddef>
#include <optional>

namespace reverxy::test {

/// How clients fared while people did something to the cache.
struct PurgeFigures {
    SteadyClients::Result quiet;
    SteadyClients::Result listed;      // while all of it was listed
    SteadyClients::Result markedStale; // while all of it was purged softly
    SteadyClients::Result purged;      // while a host with nearly all of it was purged
};

/// A cache of `entries` small responses beside those that steady clients ask for: it is listed, purged softly and
/// purged, each in full, and the clients see no error. Uses Qt Test's checks; call it from a test function. Nothing
/// when one of them fails.
std::optional<PurgeFigures> purgeUnderLoad(size_t entries);

} // namespace reverxy::test
