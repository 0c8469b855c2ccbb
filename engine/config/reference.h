// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace reverxy::config {

/// The reference page in Markdown, resources/config.reference.md, from the settings table. Pure; any thread.
std::string referencePage();

/// The JSON Schema (2020-12) of the file, resources/config.schema.json, from the settings table. Pure; any thread.
std::string jsonSchema();

} // namespace reverxy::config
