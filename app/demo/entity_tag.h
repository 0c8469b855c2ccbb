// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/service.h"

#include <string>
#include <string_view>

namespace reverxy::demo {

/// A strong entity tag for these bytes, the same from every instance of a service (RFC 9110 section 8.8.3).
std::string entityTagOf(std::string_view bytes);

/// Whether If-None-Match lists `tag` or is "*"; compared weakly (RFC 9110 sections 13.1.2 and 8.8.3.2).
bool listsTag(std::string_view ifNoneMatch, std::string_view tag);

/// Gives a 200 its entity tag, and makes it a 304 where the question knows the tag already.
void tagAnswer(const Question& question, Answer& answer);

} // namespace reverxy::demo
