// SPDX-License-Identifier: MIT
#include "cache/multipart_layout.h"

#include <array>

namespace reverxy::cache {

namespace {

std::string inHexadecimal(std::span<const uint8_t, 16> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string headOf(const ByteRange& range, uint64_t bodyLength, std::string_view contentType,
                   const std::string& delimiter) {
    std::string head = "\r\n" + delimiter + "\r\n";
    if (!contentType.empty())
        head.append("Content-Type: ").append(contentType).append("\r\n");
    std::array<char, maxContentRangeSize> value;
    char* const end = writeContentRange(range, bodyLength, value.data());
    head.append("Content-Range: ").append(value.data(), end).append("\r\n\r\n");
    return head;
}

} // namespace

MultipartLayout::MultipartLayout(std::span<const ByteRange> ranges, uint64_t bodyLength,
                                 std::string_view contentType, std::span<const uint8_t, 16> boundary) {
    const std::string name = inHexadecimal(boundary);
    const std::string delimiter = "--" + name;
    m_contentType = "multipart/byteranges; boundary=" + name;

    std::vector<size_t> ends;
    for (const ByteRange& range : ranges) {
        m_text += headOf(range, bodyLength, contentType, delimiter);
        if (ends.empty())
            m_text.erase(0, 2); // the first delimiter begins the content
        ends.push_back(m_text.size());
        m_parts.push_back({{}, range.first, range.size()});
        m_size += range.size();
    }
    m_text += "\r\n" + delimiter + "--\r\n";
    m_parts.emplace_back();
    ends.push_back(m_text.size());
    m_size += m_text.size();

    // Only now that the text does not move any more.
    size_t start = 0;
    for (size_t i = 0; i < m_parts.size(); ++i) {
        m_parts[i].text = std::string_view(m_text).substr(start, ends[i] - start);
        start = ends[i];
    }
}

} // namespace reverxy::cache
