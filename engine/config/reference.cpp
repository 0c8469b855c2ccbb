// SPDX-License-Identifier: MIT
#include "config/reference.h"

#include "config/settings.h"
#include "config/value.h"

namespace reverxy::config {

namespace {

constexpr std::string_view introduction = R"(# Configuration reference

This page is made from the settings table of the engine; a test holds it to the table. The commented default file is
[config.default.yaml](config.default.yaml), the JSON Schema for editors is [config.schema.json](config.schema.json).

A value is taken from the first of these that has it: a flag, the environment, the file, the default. `reverxy
--print-config` prints every value with its source; `reverxy --check` prints every problem of a file with line and column.

**Durations** are whole numbers with a unit: `250ms`, `10s`, `5m`, `24h`. **Sizes** likewise, in powers of 1024: `512B`,
`64KiB`, `16MiB`, `1GiB`. **Booleans** are `true` and `false`. **Environment variables** are named `REVERXY_` and the path
in capitals, parts joined by two underscores; lists are written with commas. In the names below, `0` stands for the
position of a list's element, counted from 0: elements of the file can be changed so, and further ones added in order.
Pools under `pools` are named by their key, with `_` for `-`: `REVERXY_POOLS__ORDERS__WHEN_ALL_DOWN`.

**Reload** says what a changed value does while Reverxy runs: `live` values change with SIGHUP without a lost request, the
others with the next start.

The file is one YAML document in UTF-8 without anchors, aliases and application tags. Files of the original Reverxy load
unchanged:
)";

std::string cell(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '|')
            result += '\\';
        result += c;
    }
    return result;
}

std::string code(std::string_view text) {
    return "`" + cell(text) + "`";
}

std::string environmentCell(const std::string& path) {
    std::string concrete = path;
    for (size_t at = concrete.find("[]"); at != std::string::npos; at = concrete.find("[]"))
        concrete.replace(at, 2, "[0]");
    return code(environmentNameOf(concrete));
}

std::string possible(const Setting& setting) {
    std::string text(describeType(setting));
    if (const std::string range = describeRange(setting); !range.empty() && setting.type != Type::Boolean)
        text += (setting.type == Type::Word ? ": " : ", ") + range;
    if (!setting.unit.empty())
        text += " " + std::string(setting.unit);
    if (setting.quotable)
        text += ", also in quotes";
    return text;
}

void appendTable(std::string& page, Group group) {
    bool first = true;
    for (const Setting& setting : settings()) {
        if (setting.group != group)
            continue;
        if (first)
            page += "| Key | Possible | Default | Reload | Environment | Meaning |\n| --- | --- | --- | --- | --- "
                    "| --- |\n";
        first = false;
        const std::string fallback = setting.required              ? std::string("must be written")
                                     : setting.defaultText.empty() ? std::string("none")
                                                                   : code(setting.defaultText);
        page += "| " + code(setting.key) + " | " + cell(possible(setting)) + " | " + fallback + " | " +
                (setting.live ? "live" : "restart") + " | " + environmentCell(pathOf(setting)) + " | " +
                cell(setting.help) + " |\n";
    }
}

} // namespace

std::string referencePage() {
    std::string page(introduction);
    for (const Alias& alias : aliases())
        page += "`" + std::string(alias.written) + "` is read as `" + std::string(alias.path) + "`" +
                (&alias == &aliases().back() ? ".\n" : ",\n");
    for (const Child& child : children()) {
        const std::string parent = pathOf(child.parent);
        const std::string path = parent.empty() ? std::string(child.key) : parent + "." + std::string(child.key);
        page += "\n## `" + path + "`" +
                (child.shape == Shape::List  ? ", a list"
                 : child.shape == Shape::Map ? ", by name"
                                             : "") +
                "\n\n" + std::string(child.help) + "\n";
        // A group has its table where it is found first.
        const std::string home = pathOf(child.group);
        if (home == path || home == path + "[]") {
            page += "\n";
            appendTable(page, child.group);
        } else {
            page += "\nThe keys are those of [`" + home + "`](#" + home + ").\n";
        }
    }
    return page;
}

} // namespace reverxy::config
