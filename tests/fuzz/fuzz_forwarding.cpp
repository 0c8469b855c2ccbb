// SPDX-License-Identifier: MIT
// The input is a request's head, as from a client that would like to be somebody else: who it is taken for, what is
// forwarded in its name, what is counted and what is written down of it.
#include "fuzz/message_check.h"
#include "http/forwarded.h"
#include "http/head_writer.h"
#include "http/list.h"
#include "observe/redaction.h"
#include "proxy/forward.h"
#include "proxy/identify.h"
#include "proxy/runtime_limiter.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::fuzz;
using limit::IdentitySource;

namespace {

const std::vector<CidrBlock>& trusted() {
    static const std::vector<CidrBlock> blocks{*CidrBlock::parse("10.0.0.0/8"), *CidrBlock::parse("fd00::/8")};
    return blocks;
}

const IpAddress& proxyAddress() {
    static const IpAddress address = *IpAddress::parse("10.0.0.1");
    return address;
}

const IpAddress& strangerAddress() {
    static const IpAddress address = *IpAddress::parse("192.0.2.1");
    return address;
}

void checkIdentity(const http::RequestHead& head) {
    const auto stranger = proxy::identifyRequest(head, strangerAddress(), trusted());
    require(stranger.address == strangerAddress() && stranger.source == IdentitySource::Peer &&
                !stranger.peerTrusted,
            "nobody believes a stranger");
    const auto client = proxy::identifyRequest(head, proxyAddress(), trusted());
    require(client.peerTrusted && !client.address.isNone(), "there is always an address");
    const bool found = client.source == IdentitySource::XForwardedFor || client.source == IdentitySource::Forwarded;
    require(found != limit::isTrusted(client.address, trusted()), "the walk ends at the first that is not trusted");
    require((client.hops == 0) == (client.source == IdentitySource::Peer), "hops are walked over in fields");
}

size_t countOf(const http::FieldList& fields, std::string_view name) {
    return static_cast<size_t>(std::count_if(fields.begin(), fields.end(), [&](const http::Field& field) {
        std::string written(field.name);
        std::replace(written.begin(), written.end(), '_', '-');
        return http::equalsIgnoringCase(written, name);
    }));
}

void checkForwarding(const http::RequestHead& head, bool believe) {
    TextArena arena;
    http::FieldList fields;
    proxy::ForwardFacts facts;
    facts.peer = believe ? proxyAddress() : strangerAddress();
    facts.peerTrusted = believe;
    facts.backendAuthority = "backend:9001";
    composeRequestFields(head, facts, arena, fields);
    require(countOf(fields, "host") == 1, "there is one Host");
    require(countOf(fields, "x-forwarded-for") == 1 && countOf(fields, "forwarded") == 1,
            "who asked is told once, however it is written");
    require(countOf(fields, "transfer-encoding") == 0 && countOf(fields, "content-length") == 0 &&
                countOf(fields, "connection") == 0,
            "what belongs to the client's connection stays there");
    const http::Field* const told = fields.find(http::FieldId::XForwardedFor);
    require(believe || told->value == "192.0.2.1", "a stranger's word is not passed on");

    // What is sent is a request again, and to whoever trusts this proxy it tells the same client.
    std::string message(http::requestHeadSize(head.methodToken, head.target, fields), '\0');
    http::writeRequestHead(message.data(), head.methodToken, head.target, fields);
    http::RequestParser parser;
    http::RequestHead again;
    http::HeadLimits wide;
    wide.maxSize = 1 << 20;
    wide.maxFields = 1024;
    if (head.form == http::TargetForm::Authority)
        return;
    require(parser.parse(message, wide, again) == http::ParseStatus::Done, "what is forwarded is a request");
    if (!believe) {
        const auto next = proxy::identifyRequest(again, proxyAddress(), trusted());
        require(next.address == strangerAddress(), "the next proxy finds the same client");
    }
}

void checkKeys(const http::RequestHead& head) {
    static const proxy::RuntimeLimiter limiter = [] {
        proxy::RuntimeLimiter made{0, {}, {},  limit::QuotaPolicy(config::RateLimiter{}), nullptr, {}, {},
                                   0, {}, true};
        made.key.fieldName = "X-Api-Key";
        return made;
    }();
    const limit::ClientKey key = clientKeyOf(limiter, head, strangerAddress());
    require(limit::parseClientKey(limit::textOf(key)) == key, "a key's text leads back to it");
}

void checkRedaction(std::string_view target) {
    static const std::vector<std::string> names{"Session"};
    static const observe::Redaction redaction(names);
    const auto redacted = redaction.redactedTarget(target);
    if (!redacted)
        return;
    require(redacted->find("***") != std::string::npos, "what is hidden is marked");
    const auto twice = redaction.redactedTarget(*redacted);
    require(twice && *twice == *redacted, "there is nothing more to hide");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    checkRedaction(input);
    if (const auto node = http::parseForwardedNode(input))
        require(!node->isNone(), "a node with an address has one");
    http::RequestParser parser;
    http::RequestHead head;
    if (parser.parse(input, limits, head) != http::ParseStatus::Done)
        return 0;
    checkIdentity(head);
    checkForwarding(head, false);
    checkForwarding(head, true);
    checkKeys(head);
    TextArena arena;
    proxy::offeredUpgrade(head, arena);
    proxy::takesTrailers(head);
    proxy::maxForwardsOf(head);
    proxy::looksLikeLoop(head);
    return 0;
}
