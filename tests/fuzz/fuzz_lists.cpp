// SPDX-License-Identifier: MIT
// The input is the value of a list field: options, names, entity tags, what a client accepts.
#include "cache/entity_tag.h"
#include "cache/vary.h"
#include "fuzz/field_value.h"
#include "http/list.h"
#include "proxy/field_lists.h"

#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::fuzz;

namespace {

std::vector<std::string_view> elementsOf(std::string_view list) {
    std::vector<std::string_view> elements;
    http::ListReader reader(list);
    std::string_view element;
    while (reader.next(element))
        elements.push_back(element);
    return elements;
}

void checkElements(const FieldValue& value) {
    const auto elements = elementsOf(value.view());
    std::string anew = " ,";
    for (const std::string_view element : elements) {
        require(!element.empty() && value.holds(element), "elements lie within the value");
        require(http::trimmed(element) == element, "no blanks stand around an element");
        require(http::listContains(value.view(), element), "an element is found");
        anew.append("\t").append(element).append(" ,");
    }
    // A quoted string that never ends takes all that follows, and so can only be in the last.
    auto again = elementsOf(anew);
    require(again.size() == elements.size(), "elements written anew are as many");
    for (size_t i = 0; i + 1 < elements.size(); ++i)
        require(again[i] == elements[i], "elements written anew are the same");

    const http::FieldList lines = fieldsWith("Connection", value.view());
    TextArena arena;
    require(proxy::combinedLines(lines, http::FieldId::Connection, arena) == value.view(),
            "one line is as it came");
    proxy::NamedFields named;
    named.add(value.view());
    require(!named.contain("close") && !named.contain("Upgrade"), "options of the connection name no field");
}

void checkTags(const FieldValue& value) {
    cache::EntityTagReader reader(value.view());
    cache::EntityTag tag;
    size_t count = 0;
    while (reader.next(tag)) {
        require(value.holds(tag.opaque) && ++count <= value.view().size(), "tags lie within the value");
        require(tag.present() == cache::equalWeakly(tag, tag), "a tag equals itself");
        require(cache::equalStrongly(tag, tag) == (tag.present() && !tag.weak), "strongly where it is strong");
    }
    const cache::EntityTag whole = cache::parseEntityTag(value.view());
    require(value.holds(whole.opaque), "a tag lies within its field");
}

/// A cache compares requests by a normal form, and a client that sends just that is the same to it.
void checkNormalForm(const FieldValue& value, std::string_view name) {
    const http::FieldList vary = fieldsWith("Vary", name);
    http::RequestHead request;
    request.fields.add(name, value.view());
    std::string selecting;
    cache::appendSelecting(cache::readVary(vary), request, selecting);
    require(cache::matchesSelecting(selecting, request), "a request has its own normal form");
    http::RequestHead normal;
    const std::string form =
        selecting.substr(selecting.find(':') + 1, selecting.rfind('\n') - selecting.find(':') - 1);
    normal.fields.add(name, form);
    require(cache::matchesSelecting(selecting, normal), "a normal form is its own");
}

void checkVary(const FieldValue& value) {
    const http::FieldList response = fieldsWith("Vary", value.view());
    const cache::VaryNames names = cache::readVary(response);
    require(names.count <= cache::VaryNames::maxNames, "names are bounded");
    for (size_t i = 0; i < names.count; ++i)
        require(value.holds(names.names[i]) && http::isToken(names.names[i]), "names lie within the value");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const FieldValue value(data, size);
    checkElements(value);
    checkTags(value);
    checkVary(value);
    if (!value.isOne())
        return 0;
    for (const char* name : {"Accept-Encoding", "Accept-Language", "Accept", "X-Any"})
        checkNormalForm(value, name);
    return 0;
}
