// SPDX-License-Identifier: MIT
#pragma once

#include "support/gate.h"
#include "support/origin.h"

#include <cstdint>
#include <string>

namespace reverxy::test {

/// Reads the body, then answers `status` with `body`.
Origin::Script answer(std::string body, int status = 200, Fields fields = {});
/// Answers with the request's head as received and its body, as text; `X-Body-Size` tells the body's size.
Origin::Script echo();
/// Answers with the first `size` bytes of the pattern, delimited as told.
Origin::Script bigBody(uint64_t size, BodyEnd delimited = BodyEnd::Length);
/// Reads the request's body, compares it with the pattern and answers with its size, or with 500 when a byte was
/// wrong.
Origin::Script checkPattern();
/// Reads the body, writes `bytes` as they are and closes.
Origin::Script raw(std::string bytes);
/// Reads the body, writes `bytes` as they are and keeps the connection.
Origin::Script rawAndStay(std::string bytes);
/// What Load expects: a PUT is answered with the size of its body if that is the pattern, anything else with its
/// target.
Origin::Script loadOrigin();
/// Takes the request and does not answer until the gate opens; then answers as `then` does.
Origin::Script heldBy(const Gate& gate, Origin::Script then);

/// One chunk of the chunked coding; the last chunk for "".
std::string chunk(std::string_view bytes);

} // namespace reverxy::test
