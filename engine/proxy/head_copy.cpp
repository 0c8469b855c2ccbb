// SPDX-License-Identifier: MIT
#include "proxy/head_copy.h"

namespace reverxy::proxy {

void copyHead(const http::RequestHead& from, TextArena& arena, http::RequestHead& to) {
    http::FieldList fields;
    for (const http::Field& field : from.fields)
        fields.add(arena.join({field.name}), arena.join({field.value}), field.id);
    to = from;
    to.fields = std::move(fields);
    for (std::string_view* text : {&to.methodToken, &to.target, &to.authority, &to.pathAndQuery, &to.scheme})
        *text = arena.join({*text});
}

} // namespace reverxy::proxy
