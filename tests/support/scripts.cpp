// SPDX-License-Identifier: MIT
#include "support/scripts.h"

#include "support/pattern.h"

#include <algorithm>
#include <cstdio>

namespace reverxy::test {

Origin::Script answer(std::string body, int status, Fields fields) {
    return [=](OriginExchange& exchange) {
        exchange.readBody();
        exchange.respond(status, body, fields);
    };
}

Origin::Script echo() {
    return [](OriginExchange& exchange) {
        const std::string& body = exchange.readBody();
        exchange.respond(200, exchange.request().head.raw + body,
                         {{"Content-Type", "text/plain"}, {"X-Body-Size", std::to_string(body.size())}});
    };
}

Origin::Script bigBody(uint64_t size, BodyEnd delimited) {
    return [=](OriginExchange& exchange) {
        exchange.discardBody();
        std::string head = "HTTP/1.1 200 OK\r\n";
        if (delimited == BodyEnd::Length)
            head += "Content-Length: " + std::to_string(size) + "\r\n";
        if (delimited == BodyEnd::Chunked)
            head += "Transfer-Encoding: chunked\r\n";
        if (delimited == BodyEnd::Close) {
            head += "Connection: close\r\n";
            exchange.close();
        }
        if (!exchange.send(head + "\r\n"))
            return exchange.close();
        uint64_t offset = 0;
        while (offset < size) {
            const std::string_view piece =
                patternAt(offset).substr(0, static_cast<size_t>(std::min<uint64_t>(size - offset, 65536)));
            if (!exchange.send(delimited == BodyEnd::Chunked ? chunk(piece) : std::string(piece)))
                return exchange.close();
            offset += piece.size();
        }
        if (delimited == BodyEnd::Chunked)
            exchange.send(chunk(""));
    };
}

Origin::Script checkPattern() {
    return [](OriginExchange& exchange) {
        PatternCheck check;
        for (std::string_view piece = exchange.body().next(); !piece.empty(); piece = exchange.body().next())
            check.add(piece);
        exchange.record();
        const bool good = check.good() && exchange.body().complete();
        exchange.respond(good ? 200 : 500, std::to_string(check.offset()));
    };
}

Origin::Script loadOrigin() {
    return [check = checkPattern()](OriginExchange& exchange) {
        if (exchange.method() == "PUT")
            return check(exchange);
        exchange.discardBody();
        exchange.respond(200, exchange.target());
    };
}

Origin::Script raw(std::string bytes) {
    return [=](OriginExchange& exchange) {
        exchange.readBody();
        exchange.send(bytes);
        exchange.close();
    };
}

Origin::Script rawAndStay(std::string bytes) {
    return [=](OriginExchange& exchange) {
        exchange.readBody();
        exchange.send(bytes);
    };
}

Origin::Script heldBy(const Gate& gate, Origin::Script then) {
    return [&gate, then = std::move(then)](OriginExchange& exchange) {
        if (!exchange.waitFor(gate))
            return exchange.close();
        then(exchange);
    };
}

std::string chunk(std::string_view bytes) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return std::string(size).append(bytes).append("\r\n");
}

} // namespace reverxy::test
