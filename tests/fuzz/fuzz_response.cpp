// SPDX-License-Identifier: MIT
// The input is what a backend sends: a response's head, its body, and whatever comes after.
#include "fuzz/message_check.h"
#include "http/head_writer.h"

using namespace reverxy;
using namespace reverxy::fuzz;

namespace {

// Only HTTP/1.1 is ever written, and with it a response may persist that would not have as HTTP/1.0.
void checkWrittenAnew(const http::ResponseHead& head, http::Method method, const std::string& text) {
    std::string message(http::responseHeadSize(head.reason, head.fields), '\0');
    const char* const end = http::writeResponseHead(message.data(), head.status, head.reason, head.fields);
    require(end == message.data() + message.size(), "a head has the size that was told");
    const test::Outcome again = test::parseResponse(message, {}, method);
    require(again.status == http::ParseStatus::Done && again.consumed == message.size(),
            "a head written anew is one");
    require(again.text == text, "a head written anew is the same");
}

void checkInvariants(const http::ResponseHead& head, http::Method method) {
    require(head.status >= 100 && head.status <= 599, "the status is one");
    if (method == http::Method::Head || head.status < 200 || head.status == 204 || head.status == 304)
        require(head.framing.kind == http::BodyKind::None, "there is no body where none can be");
    else
        require(head.framing.kind != http::BodyKind::None, "there is a body, if only an empty one");
    require(!head.keepAlive || head.framing.kind != http::BodyKind::UntilClose,
            "what ends by close does not persist");
    require(!head.keepAlive || !head.connection.close, "close is believed");
}

void check(std::string_view input, http::Method method) {
    Cuts cuts(input);
    const test::Outcome whole = test::parseResponse(input, {}, method, limits);
    require(agree(whole, test::parseResponse(input, cuts.over(input.size()), method, limits)),
            "a head does not depend on its pieces");
    if (input.size() < 512)
        require(agree(whole, test::parseResponse(input, test::everyByte(input), method, limits)),
                "a head may come byte by byte");
    require(whole.status != http::ParseStatus::NeedMore || input.size() < limits.maxSize, "a head is bounded");
    if (whole.status != http::ParseStatus::Done)
        return;

    http::ResponseParser parser;
    http::ResponseHead head;
    parser.parse(input, limits, method, head);
    checkInvariants(head, method);
    if (head.version == http::Version::Http11)
        checkWrittenAnew(head, method, whole.text);
    checkBody(head.framing, input.substr(parser.headSize()), cuts);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check(input, http::Method::Get);
    check(input, http::Method::Head);
    return 0;
}
