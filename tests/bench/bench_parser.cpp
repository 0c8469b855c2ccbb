// SPDX-License-Identifier: MIT
// Prints what parsing one typical head costs, in nanoseconds: the median of several rounds, since other work on the
// machine only ever makes a round slower.
#include "http/body_decoder.h"
#include "http/head_parser.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>

using namespace reverxy::http;

namespace {

const std::string plainRequest = "GET /api/orders/1234?expand=items HTTP/1.1\r\n"
                                 "Host: orders.localhost:8080\r\n"
                                 "User-Agent: curl/7.88.1\r\n"
                                 "Accept: */*\r\n"
                                 "\r\n";

const std::string browserRequest =
    "GET /api/orders/1234?expand=items HTTP/1.1\r\n"
    "Host: orders.localhost:8080\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: application/json, text/plain, */*\r\n"
    "Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\n"
    "Referer: http://orders.localhost:8080/\r\n"
    "Cookie: session=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\r\n"
    "\r\n";

const std::string response = "HTTP/1.1 200 OK\r\n"
                             "Server: example/1.2.3\r\n"
                             "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                             "Content-Type: application/json; charset=utf-8\r\n"
                             "Content-Length: 1024\r\n"
                             "Connection: keep-alive\r\n"
                             "ETag: W/\"400-kq3xrT5yq8m1yQ9u3c1Qk0dKQ2A\"\r\n"
                             "Cache-Control: max-age=60\r\n"
                             "Vary: Accept-Encoding\r\n"
                             "\r\n";

/// Calls `once` very often and prints the nanoseconds of one call.
template <typename Once>
void measure(const char* name, size_t bytes, Once once) {
    constexpr int rounds = 25;
    constexpr int calls = 100000;
    double least = std::numeric_limits<double>::max();
    for (int round = 0; round < rounds; ++round) {
        const std::clock_t start = std::clock();
        for (int call = 0; call < calls; ++call) {
            if (!once()) {
                std::fprintf(stderr, "%s: not parsed\n", name);
                std::exit(1);
            }
        }
        const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        least = std::min(least, seconds * 1e9 / calls);
    }
    std::printf("%-32s %5zu bytes %8.1f ns\n", name, bytes, least);
}

} // namespace

int main() {
    RequestParser requestParser;
    RequestHead requestHead;
    const auto parseRequest = [&](const std::string& message) {
        requestParser.reset();
        return requestParser.parse(message, {}, requestHead) == ParseStatus::Done;
    };
    measure("request, 3 fields", plainRequest.size(), [&] { return parseRequest(plainRequest); });
    measure("request, 8 fields", browserRequest.size(), [&] { return parseRequest(browserRequest); });
    measure("request, 8 fields, in two reads", browserRequest.size(), [&] {
        requestParser.reset();
        const std::string_view part(browserRequest.data(), browserRequest.size() / 2);
        return requestParser.parse(part, {}, requestHead) == ParseStatus::NeedMore &&
               requestParser.parse(browserRequest, {}, requestHead) == ParseStatus::Done;
    });

    ResponseParser responseParser;
    ResponseHead responseHead;
    measure("response, 8 fields", response.size(), [&] {
        responseParser.reset();
        return responseParser.parse(response, {}, Method::Get, responseHead) == ParseStatus::Done;
    });

    std::string chunks;
    for (int i = 0; i < 16; ++i)
        chunks += "400\r\n" + std::string(1024, 'x') + "\r\n";
    chunks += "0\r\n\r\n";
    BodyDecoder decoder;
    measure("body of 16 chunks", chunks.size(), [&] {
        decoder.start({BodyKind::Chunked, 0}, {});
        std::string_view rest = chunks;
        for (;;) {
            const auto step = decoder.next(rest);
            rest.remove_prefix(step.consumed);
            if (step.kind != BodyDecoder::Kind::Piece)
                return step.kind == BodyDecoder::Kind::End;
        }
    });
}
