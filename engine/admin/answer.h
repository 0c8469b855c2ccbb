// SPDX-License-Identifier: MIT
#pragma once

#include "admin/host_guard.h"
#include "base/clock.h"
#include "http/head.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace reverxy::admin {

/// What the probe listener has to show.
enum class Page : uint8_t { Live, Ready, Metrics };

/// A whole response.
struct Answer {
    uint16_t status = 200;
    std::string_view contentType; // a literal
    std::string body;
    std::string_view allow; // a literal for the Allow field, or empty
};

inline constexpr std::string_view jsonType = "application/json";
inline constexpr std::string_view textType = "text/plain; charset=utf-8";

/// A response of one sentence.
Answer sentence(uint16_t status, std::string text);

/// The page that a request is for, or why it gets none: another's Host is misdirected (421, RFC 9110 section
/// 15.5.20), any method but GET and HEAD is not allowed (405), and nothing else is found (404).
std::variant<Page, Answer> choosePage(const http::RequestHead& head, const OwnHosts& own, const IpAddress& reached);

/// The bytes of a response: never stored by anybody, never taken for another type, without a word that would let
/// pages of other origins read it (no CORS). `headOnly`: to a HEAD, with the length a GET would have got.
std::string compose(const Answer& answer, bool headOnly, bool keepAlive, WallTime now);

} // namespace reverxy::admin
