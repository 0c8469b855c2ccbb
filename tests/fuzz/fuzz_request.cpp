// SPDX-License-Identifier: MIT
// The input is what a client sends: a request's head, its body, and whatever comes after.
#include "fuzz/message_check.h"
#include "http/head_writer.h"

using namespace reverxy;
using namespace reverxy::fuzz;

namespace {

// Only HTTP/1.1 is ever written, and an HTTP/1.0 request need not be one of those.
void checkWrittenAnew(const http::RequestHead& head, const std::string& text) {
    std::string message(http::requestHeadSize(head.methodToken, head.target, head.fields), '\0');
    const char* const end = http::writeRequestHead(message.data(), head.methodToken, head.target, head.fields);
    require(end == message.data() + message.size(), "a head has the size that was told");
    const test::Outcome again = test::parseRequest(message);
    require(again.status == http::ParseStatus::Done && again.consumed == message.size(),
            "a head written anew is one");
    require(again.text == text, "a head written anew is the same");
}

void checkInvariants(const http::RequestHead& head) {
    require(!head.methodToken.empty() && !head.target.empty(), "there is a method and a target");
    require(head.version == http::Version::Http10 || !head.authority.empty(), "HTTP/1.1 has an authority");
    require(head.framing.kind != http::BodyKind::UntilClose, "no request is delimited by close");
    require(head.method == http::Method::Connect || head.pathAndQuery == "*" ||
                head.pathAndQuery.starts_with('/') ||
                (head.form == http::TargetForm::Absolute && head.pathAndQuery.starts_with('?')),
            "there is a path to forward");
    size_t framingFields = 0;
    for (const http::Field& field : head.fields) {
        framingFields += field.id == http::FieldId::ContentLength || field.id == http::FieldId::TransferEncoding;
        for (char c : field.value)
            require(c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f),
                    "values hold no control character");
    }
    require((framingFields > 0) == (head.framing.kind != http::BodyKind::None), "framing comes from the fields");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    Cuts cuts(input);
    const test::Outcome whole = test::parseRequest(input, {}, limits);
    require(agree(whole, test::parseRequest(input, cuts.over(size), limits)),
            "a head does not depend on its pieces");
    if (size < 512)
        require(agree(whole, test::parseRequest(input, test::everyByte(input), limits)),
                "a head may come byte by byte");
    require(whole.status != http::ParseStatus::NeedMore || size < limits.maxSize, "a head is bounded");
    if (whole.status != http::ParseStatus::Done)
        return 0;

    http::RequestParser parser;
    http::RequestHead head;
    parser.parse(input, limits, head);
    checkInvariants(head);
    if (head.version == http::Version::Http11)
        checkWrittenAnew(head, whole.text);
    checkBody(head.framing, input.substr(parser.headSize()), cuts);
    return 0;
}
