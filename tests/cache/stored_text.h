// SPDX-License-Identifier: MIT
#pragma once

#include "cache/stored_response.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reverxy::test {

using FieldTexts = std::vector<std::pair<std::string_view, std::string_view>>;

inline http::FieldList fieldList(const FieldTexts& texts) {
    http::FieldList fields;
    for (const auto& [name, value] : texts)
        fields.add(name, value);
    return fields;
}

/// A stored response with an inline body.
inline SharedRef<cache::StoredResponse> stored(std::string_view key, std::string_view body,
                                               std::string_view selecting = "", const FieldTexts& fields = {},
                                               const cache::StoredFacts& facts = {}) {
    auto made =
        cache::StoredResponse::make({key, selecting, fieldList(fields), facts}, static_cast<uint32_t>(body.size()));
    body.copy(made->inlineBody(), body.size());
    made->setInlineBody(static_cast<uint32_t>(body.size()));
    return made;
}

/// The bytes of a stored body, or of a part of it.
inline std::string bodyText(cache::BodySlices slices) {
    std::string text;
    for (Piece piece; slices.next(piece);)
        text.append(piece.bytes);
    return text;
}

} // namespace reverxy::test
