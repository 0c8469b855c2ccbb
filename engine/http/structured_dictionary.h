// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// The types a dictionary's member may have (RFC 8941 section 3). Date and Display String, which RFC 9651 added,
/// are not among those that fields defined before it use.
enum class StructuredType : uint8_t { Integer, Decimal, String, Token, ByteSequence, Boolean, InnerList };

/// One member of a dictionary, its parameters left out.
struct DictionaryMember {
    std::string_view key;
    StructuredType type = StructuredType::Boolean;
    std::string_view text; ///< as written; of a String what stands between the quotes, escapes and all
    int64_t integer = 0;   ///< of an Integer
    bool boolean = true;   ///< of a Boolean
};

/// Reads a Dictionary structured field (RFC 8941 section 4.2.2) member by member, without allocating. An error may
/// come after good members, and then the whole field counts as absent: run through it once before believing any of
/// it. A key may come again; the last one counts.
class DictionaryReader {
  public:
    /// `value` is one field line, or several joined by commas.
    explicit DictionaryReader(std::string_view value);

    /// Puts the next member into `member`; false at the end and on an error.
    bool next(DictionaryMember& member);

    bool failed() const { return m_failed; }

  private:
    bool fail();
    bool takeIf(char c);
    void skipSpaces();
    bool readKey(std::string_view& key);
    bool readItem(DictionaryMember& member);
    bool readInnerList();
    bool readBareItem(DictionaryMember& member);
    bool readNumber(DictionaryMember& member);
    bool readString(DictionaryMember& member);
    bool readToken(DictionaryMember& member);
    bool readByteSequence(DictionaryMember& member);
    bool readBoolean(DictionaryMember& member);
    bool readParameters();
    bool endMember();

    std::string_view m_rest;
    bool m_failed = false;
};

} // namespace reverxy::http
