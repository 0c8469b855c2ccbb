// SPDX-License-Identifier: MIT
#pragma once

#include "cache/cache_date.h"
#include "cache/stored_response.h"

#include "cache/parsed_heads.h"

#include <cstring>

namespace reverxy::test {

/// A stored response with these fields, received at noon.
inline cache::StoredRef storedAtNoon(const QByteArrayList& fields, std::string_view selecting = {},
                                     std::string_view body = {}, uint16_t status = 200) {
    const ResponseOf response(status, fields);
    cache::StoredFacts facts;
    facts.responseTime = at(0);
    facts.status = status;
    facts.partial = status == 206;
    auto made = cache::StoredResponse::make({"http://a/", selecting, response->fields, facts},
                                            static_cast<uint32_t>(body.size()));
    if (!body.empty())
        std::memcpy(made->inlineBody(), body.data(), body.size());
    made->setInlineBody(static_cast<uint32_t>(body.size()));
    return made;
}

} // namespace reverxy::test
