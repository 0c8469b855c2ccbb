// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy::test {

// The stories of load during change, told at two sizes: in a few thousand requests with every change, in hundreds
// of thousands by the soak runs. They use Qt Test's checks; call them from a test function.

/// `requests` over 64 connections (plain, pipelined, uploads) beside an open WebSocket and an event stream, while
/// the configuration is reloaded ten times and a backend is added and removed: not one fails.
void reloadUnderLoad(uint64_t requests);
/// Idempotent requests while one of three backends is killed and started again, three times: none fails, but for
/// those whose response had begun.
void backendDiesUnderLoad(uint64_t requests);
/// The engine drains in mid-load, after `requests` were answered: whatever an origin has seen is answered in full.
void drainUnderLoad(uint64_t requests);

} // namespace reverxy::test
