// SPDX-License-Identifier: MIT
#include "support/message.h"

#include <algorithm>
#include <cctype>

namespace reverxy::test {

namespace {

bool isTokenCharacter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isFieldText(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });
}

/// One field line without its line end.
bool readFieldLine(std::string_view line, Fields& fields, std::string& problem) {
    const size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || name.empty() ||
        !std::all_of(name.begin(), name.end(), isTokenCharacter)) {
        problem = "bad field line: " + std::string(line);
        return false;
    }
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
        value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
        value.remove_suffix(1);
    if (!isFieldText(value)) {
        problem = "bad bytes in field " + std::string(name);
        return false;
    }
    fields.emplace_back(name, value);
    return true;
}

std::optional<uint64_t> readNumber(std::string_view digits, unsigned base) {
    if (digits.empty() || digits.size() > 15)
        return std::nullopt;
    uint64_t value = 0;
    for (const char c : digits) {
        const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        unsigned digit = 99;
        if (lower >= '0' && lower <= '9')
            digit = static_cast<unsigned>(lower - '0');
        else if (lower >= 'a' && lower <= 'f')
            digit = static_cast<unsigned>(lower - 'a' + 10);
        if (digit >= base)
            return std::nullopt;
        value = value * base + digit;
    }
    return value;
}

BodyShape shapeOf(const Head& head, BodyEnd otherwise, std::string& problem) {
    const size_t codings = head.count("Transfer-Encoding");
    const size_t lengths = head.count("Content-Length");
    if (codings > 0 && lengths > 0)
        problem = "both Transfer-Encoding and Content-Length";
    if (codings > 1 || lengths > 1)
        problem = "a repeated Transfer-Encoding or Content-Length";
    if (codings > 0) {
        if (!sameName(head.value("Transfer-Encoding"), "chunked"))
            problem = "transfer coding " + head.value("Transfer-Encoding");
        return {BodyEnd::Chunked, 0};
    }
    if (lengths > 0) {
        const auto length = readNumber(head.value("Content-Length"), 10);
        if (!length)
            problem = "Content-Length " + head.value("Content-Length");
        return {BodyEnd::Length, length.value_or(0)};
    }
    return {otherwise, 0};
}

} // namespace

bool sameName(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
}

size_t Head::count(std::string_view name) const {
    return static_cast<size_t>(std::count_if(fields.begin(), fields.end(),
                                             [&](const auto& field) { return sameName(field.first, name); }));
}

std::string Head::value(std::string_view name) const {
    std::string values;
    for (const auto& [fieldName, value] : fields) {
        if (!sameName(fieldName, name))
            continue;
        if (!values.empty())
            values += ", ";
        values += value;
    }
    return values;
}

std::vector<std::string> Head::words() const {
    std::vector<std::string> words;
    std::string_view rest = startLine;
    while (words.size() < 2) {
        const size_t space = rest.find(' ');
        words.emplace_back(rest.substr(0, space));
        if (space == std::string_view::npos)
            return words;
        rest.remove_prefix(space + 1);
    }
    words.emplace_back(rest);
    return words;
}

std::optional<Head> readHead(Stream& stream, std::string& problem) {
    std::optional<std::string> raw = stream.readThrough("\r\n\r\n");
    if (!raw) {
        if (!stream.buffered().empty())
            problem = "no whole head but: " + std::string(stream.buffered().substr(0, 200));
        else if (stream.end() == Stream::End::TimedOut)
            problem = "no head came in time";
        return std::nullopt;
    }
    Head head;
    head.raw = std::move(*raw);
    std::string_view rest = std::string_view(head.raw).substr(0, head.raw.size() - 2);
    bool first = true;
    while (!rest.empty()) {
        const size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        if (first) {
            head.startLine = line;
            if (!isFieldText(line))
                problem = "bad bytes in the start line";
        } else if (!readFieldLine(line, head.fields, problem)) {
            return std::nullopt;
        }
        first = false;
    }
    return head;
}

BodyShape shapeOfRequest(const Head& head, std::string& problem) {
    return shapeOf(head, BodyEnd::None, problem);
}

BodyShape shapeOfResponse(const Head& head, int status, std::string_view method, std::string& problem) {
    const BodyShape shape = shapeOf(head, BodyEnd::Close, problem);
    if (method == "HEAD" || status < 200 || status == 204 || status == 304)
        return {};
    return shape;
}

std::string_view BodyReader::fail(std::string_view what) {
    m_problem = what;
    return {};
}

bool BodyReader::nextChunk() {
    if (m_chunks > 0 && m_stream->readExactly(2) != "\r\n") {
        fail("a chunk does not end with CRLF");
        return false;
    }
    const std::optional<std::string> line = m_stream->readThrough("\r\n", 1000);
    if (!line) {
        fail("the stream ended within a chunked body");
        return false;
    }
    const auto size = readNumber(std::string_view(*line).substr(0, line->size() - 2), 16);
    if (!size) {
        fail("bad chunk size line: " + *line);
        return false;
    }
    ++m_chunks;
    m_left = *size;
    return true;
}

bool BodyReader::readTrailers() {
    for (;;) {
        const std::optional<std::string> line = m_stream->readThrough("\r\n", 65536);
        if (!line) {
            fail("the stream ended within the trailer section");
            return false;
        }
        if (*line == "\r\n")
            return true;
        if (!readFieldLine(std::string_view(*line).substr(0, line->size() - 2), m_trailers, m_problem))
            return false;
    }
}

std::string_view BodyReader::next(size_t limit) {
    m_stream->consume(std::exchange(m_lent, 0));
    if (m_complete || !m_problem.empty())
        return {};
    if (m_shape.end == BodyEnd::Chunked && m_left == 0) {
        if (!nextChunk())
            return {};
        if (m_left == 0) {
            m_complete = readTrailers();
            return {};
        }
    }
    const bool untilClose = m_shape.end == BodyEnd::Close;
    if (!untilClose && m_left == 0) {
        m_complete = true;
        return {};
    }
    if (m_stream->buffered().empty() && !m_stream->fill()) {
        if (m_stream->end() == Stream::End::TimedOut)
            return fail("the body did not arrive in time");
        if (untilClose && m_stream->end() == Stream::End::Eof) {
            m_complete = true;
            return {};
        }
        return fail(m_stream->end() == Stream::End::Reset ? "reset within the body" : "closed within the body");
    }
    std::string_view piece = m_stream->buffered().substr(0, limit);
    if (!untilClose) {
        piece = piece.substr(0, static_cast<size_t>(std::min<uint64_t>(piece.size(), m_left)));
        m_left -= piece.size();
    }
    m_size += piece.size();
    m_lent = piece.size();
    return piece;
}

std::string BodyReader::rest() {
    std::string body;
    for (std::string_view piece = next(); !piece.empty(); piece = next())
        body += piece;
    return body;
}

} // namespace reverxy::test
