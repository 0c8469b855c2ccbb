// SPDX-License-Identifier: MIT
#include "proxy/proxy_status.h"

#include "base/plain_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace reverxy::proxy {

namespace {

/// Text as a structured field string (RFC 9651 section 4.1.6): printable ASCII within quotes, quotes and
/// backslashes escaped. Bytes that such a string cannot hold are left out, and so is what goes past the room.
class QuotedString {
  public:
    explicit QuotedString(std::string_view text) {
        append("\"");
        while (!text.empty()) {
            const size_t plain = std::min(plainPrefix(text), room());
            append(text.substr(0, plain));
            text.remove_prefix(plain);
            if (text.empty() || room() < 2)
                break;
            const char pair[] = {'\\', text.front()};
            text.remove_prefix(1);
            if (pair[1] == '"' || pair[1] == '\\')
                append({pair, sizeof pair});
        }
        append("\"");
    }

    std::string_view view() const { return {m_bytes.data(), m_size}; }

  private:
    /// Without the closing quote's.
    size_t room() const { return m_bytes.size() - m_size - 1; }

    void append(std::string_view bytes) { m_size += bytes.copy(m_bytes.data() + m_size, bytes.size()); }

    std::array<char, 258> m_bytes;
    size_t m_size = 0;
};

} // namespace

std::string_view proxyStatusValue(TextArena& arena, const observe::Decision& decision,
                                  std::string_view backendName) {
    const FailureInfo& info = infoOf(decision.failure);
    if (info.proxyStatusError.empty())
        return {};

    const QuotedString nextHop(backendName);
    // Most error types say it all in their name; where no cause was recorded, the failure's sentence tells what
    // they leave open.
    const QuotedString details(decision.details.empty() ? info.sentence : decision.details.view());
    const uint16_t received = decision.attemptsTotal > 0 ? decision.lastAttempt().status : uint16_t{0};
    std::array<char, 8> digits;
    const char* const digitsEnd = std::to_chars(digits.data(), digits.data() + digits.size(), received).ptr;
    const std::string_view receivedText(digits.data(), static_cast<size_t>(digitsEnd - digits.data()));

    const bool hasNextHop = !backendName.empty();
    const bool hasReceived = received != 0;
    // RFC 9209 section 2.1: error is a token, next-hop and details are strings, received-status is an integer.
    return arena.join({"reverxy; error=", info.proxyStatusError,                                 //
                       hasNextHop ? "; next-hop=" : "", hasNextHop ? nextHop.view() : "",        //
                       hasReceived ? "; received-status=" : "", hasReceived ? receivedText : "", //
                       "; details=", details.view()});
}

} // namespace reverxy::proxy
