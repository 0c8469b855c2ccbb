// SPDX-License-Identifier: MIT
#pragma once

#include "http/parse_error.h"

#include <cstddef>
#include <string_view>

namespace reverxy::http {

/// What is wrong when the byte at `at` stands where it may not: one of the bytes that have an error of their own,
/// else `otherwise`. None when it is a CR at the end of `data`, of which only the next byte will tell whether it is
/// bare.
constexpr ParseError faultOf(std::string_view data, size_t at, ParseError otherwise) {
    switch (data[at]) {
    case '\0':
        return ParseError::NulByte;
    case '\n':
        return ParseError::BareLineFeed;
    case '\r':
        if (at + 1 == data.size())
            return ParseError::None;
        return data[at + 1] == '\n' ? otherwise : ParseError::BareCarriageReturn;
    default:
        return otherwise;
    }
}

} // namespace reverxy::http
