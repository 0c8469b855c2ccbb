// SPDX-License-Identifier: MIT
#include "app/demo/entity_tag.h"

#include "http/list.h"

#include <array>
#include <charconv>

namespace reverxy::demo {

std::string entityTagOf(std::string_view bytes) {
    uint64_t hash = 14695981039346656037u; // FNV-1a
    for (const char c : bytes) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211u;
    }
    std::array<char, 16> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), hash, 16).ptr;
    return '"' + std::string(digits.data(), end) + '"';
}

bool listsTag(std::string_view ifNoneMatch, std::string_view tag) {
    if (ifNoneMatch == "*")
        return true;
    http::ListReader list(ifNoneMatch);
    for (std::string_view listed; list.next(listed);) {
        if (listed.starts_with("W/"))
            listed.remove_prefix(2);
        if (listed == tag)
            return true;
    }
    return false;
}

void tagAnswer(const Question& question, Answer& answer) {
    const bool reads = question.method == http::Method::Get || question.method == http::Method::Head;
    if (answer.status != 200 || !reads)
        return;
    const std::string tag = entityTagOf(answer.body);
    answer.fields.emplace_back("ETag", tag);
    if (!listsTag(question.ifNoneMatch, tag))
        return;
    // The fields about freshness stay, those about the content go (RFC 9110 section 15.4.5).
    answer.status = 304;
    answer.body.clear();
    std::erase_if(answer.fields, [](const auto& field) { return field.first == "Content-Type"; });
}

} // namespace reverxy::demo
