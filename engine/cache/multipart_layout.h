// SPDX-License-Identifier: MIT
#pragma once

#include "cache/ranges.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::cache {

/// The content of a 206 with several ranges, as multipart/byteranges (RFC 9110 section 14.6): text of its own and
/// pieces of the body in turn, so that no byte of the body is copied.
class MultipartLayout {
  public:
    /// Some text, and then the bytes of the body that follow it; the last one has text alone.
    struct Part {
        std::string_view text; // of the layout
        uint64_t bodyFirst = 0;
        uint64_t bodySize = 0;
    };

    /// `boundary` must not be foreseeable, lest a body hold it: 16 random bytes. `contentType` may be empty.
    MultipartLayout(std::span<const ByteRange> ranges, uint64_t bodyLength, std::string_view contentType,
                    std::span<const uint8_t, 16> boundary);
    MultipartLayout(const MultipartLayout&) = delete;
    MultipartLayout& operator=(const MultipartLayout&) = delete;

    std::span<const Part> parts() const { return m_parts; }

    /// The text of all parts in turn; theirs are views of it.
    std::string_view text() const { return m_text; }

    /// The value of Content-Type.
    std::string_view contentType() const { return m_contentType; }

    /// The value of Content-Length.
    uint64_t size() const { return m_size; }

  private:
    std::string m_text;
    std::string m_contentType;
    std::vector<Part> m_parts;
    uint64_t m_size = 0;
};

} // namespace reverxy::cache
