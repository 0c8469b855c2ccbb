// SPDX-License-Identifier: MIT
#include "proxy/stored_answer.h"

#include "cache/conditional.h"
#include "cache/validators.h"

namespace reverxy::proxy {

using http::BodyKind;

http::Framing framingOf(uint16_t status, std::optional<uint64_t> length) {
    if (status == 204)
        return {};
    return length ? http::Framing{BodyKind::Length, *length} : http::Framing{BodyKind::Chunked, 0};
}

StoredAnswer composeStoredAnswer(const http::RequestHead& request, const cache::StoredResponse& stored,
                                 WallTime now, http::FieldList& fields) {
    const cache::StoredFacts& facts = stored.facts();
    if (cache::hasCondition(request.fields)) {
        const cache::Validators validators = cache::readValidators(stored.fields(), now);
        if (cache::isNotModified(request.fields, facts.status, validators, facts.responseTime, now)) {
            for (const http::Field& field : stored.fields()) {
                if (cache::belongsInNotModified(field, validators.tag.present()))
                    fields.add(field.name, field.value, field.id);
            }
            return {304, {}, {}};
        }
    }
    return {facts.status, framingOf(facts.status, stored.bodySize()), stored.fields().lines()};
}

} // namespace reverxy::proxy
