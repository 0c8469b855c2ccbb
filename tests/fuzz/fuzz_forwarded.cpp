// SPDX-License-Identifier: MIT
// The input is what stands in X-Forwarded-For or Forwarded before a trusted proxy adds its client to it.
#include "fuzz/field_value.h"
#include "http/forwarded.h"

#include <string>

using namespace reverxy;
using namespace reverxy::fuzz;
using http::ForwardedReader;
using Syntax = ForwardedReader::Syntax;

namespace {

constexpr std::string_view client = "192.0.2.7";

void checkNode(std::string_view node) {
    const auto address = http::parseForwardedNode(node);
    if (!address)
        return;
    require(!address->isNone(), "a node with an address has one");
    const std::string text = address->isV4() ? address->toString() : "[" + address->toString() + "]";
    require(http::parseForwardedNode(text) == address, "an address written anew is the same");
    require(http::parseForwardedNode(text + ":80") == address, "a port changes nothing");
}

void checkWalk(const FieldValue& value, Syntax syntax) {
    ForwardedReader reader(value.view(), syntax);
    std::string_view node;
    int nodes = 0;
    while (reader.next(node)) {
        require(value.holds(node), "nodes lie within the value");
        require(++nodes <= 64, "the walk is bounded");
        checkNode(node);
    }
    require(node.empty() && !reader.next(node), "after the end there is no node");
}

/// Whatever its client sent, the proxy's own word is the last, and nothing of the client's is taken for it.
void checkLastWord(const FieldValue& value, Syntax syntax) {
    const std::string own = (syntax == Syntax::Forwarded ? "for=" : "") + std::string(client);
    const std::string both = std::string(value.view()) + ", " + own;
    ForwardedReader reader(both, syntax);
    std::string_view node;
    const bool found = reader.next(node);
    require(found ? node == client : reader.malformed() && syntax == Syntax::Forwarded,
            "the nearest hop's word is the first");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const FieldValue value(data, size);
    for (const Syntax syntax : {Syntax::XForwardedFor, Syntax::Forwarded}) {
        checkWalk(value, syntax);
        checkLastWord(value, syntax);
    }
    checkNode(value.view());
    return 0;
}
