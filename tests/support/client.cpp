// SPDX-License-Identifier: MIT
#include "support/client.h"

#include <cstdlib>

namespace reverxy::test {

std::string request(std::string_view method, std::string_view target, std::string_view fields,
                    std::string_view body) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
    if (!fields.starts_with("Host:") && fields.find("\r\nHost:") == std::string_view::npos)
        text += "Host: test.example\r\n";
    text += fields;
    if (!body.empty())
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text.append("\r\n").append(body);
}

Response Client::readHead(std::string_view method) {
    Response response;
    for (;;) {
        std::optional<Head> head = test::readHead(m_stream, response.problem);
        if (!head) {
            if (response.problem.empty())
                response.problem = m_stream.end() == Stream::End::Reset ? "reset instead of a response"
                                                                        : "closed instead of a response";
            return response;
        }
        const std::vector<std::string> words = head->words();
        const int status = words.size() < 3 || words[1].size() != 3 ? 0 : std::atoi(words[1].c_str());
        if (status < 100 || (words[0] != "HTTP/1.1" && words[0] != "HTTP/1.0")) {
            response.problem = "bad status line: " + head->startLine;
            return response;
        }
        if (status < 200 && status != 101) {
            response.interim.push_back(std::move(*head));
            continue;
        }
        response.status = status;
        response.shape = shapeOfResponse(*head, status, method, response.problem);
        response.head = std::move(*head);
        return response;
    }
}

void Client::readBody(Response& response, const std::function<bool(std::string_view)>& sink) {
    BodyReader reader(m_stream, response.shape);
    for (std::string_view piece = reader.next(); !piece.empty(); piece = reader.next()) {
        if (!sink(piece))
            return;
    }
    response.complete = reader.complete();
    if (response.problem.empty())
        response.problem = reader.problem();
    response.trailers = reader.trailers();
}

Response Client::read(std::string_view method) {
    Response response = readHead(method);
    if (response.status == 101)
        response.complete = true;
    else if (response.status != 0)
        readBody(response, [&](std::string_view piece) {
            response.body += piece;
            return true;
        });
    return response;
}

Head Client::readInterim() {
    std::string problem;
    std::optional<Head> head = test::readHead(m_stream, problem);
    if (!head || head->startLine.substr(0, 10) != "HTTP/1.1 1")
        return {};
    return std::move(*head);
}

Response Client::exchange(std::string_view bytes, std::string_view method) {
    send(bytes); // a write that fails may still have an answer waiting
    return read(method);
}

Response exchangeOnce(uint16_t port, std::string_view bytes, std::string_view method) {
    return Client(port).exchange(bytes, method);
}

Response getOnce(uint16_t port, std::string_view target, std::string_view fields) {
    return Client(port).get(target, fields);
}

} // namespace reverxy::test
