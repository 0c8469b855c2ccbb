// SPDX-License-Identifier: MIT
#pragma once

#include "support/deadline.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::test {

enum class Family : uint8_t { V4, V6 };

/// A connected socket with blocking calls that give up after patience(). Reading and writing may happen on two
/// threads at once; shutdownAll() on any. Everything else belongs to one thread.
class Stream {
  public:
    /// How reading ended.
    enum class End : uint8_t { Open, Eof, Reset, TimedOut };

    Stream() = default;
    /// Takes the descriptor over.
    explicit Stream(int descriptor);
    ~Stream();
    Stream(Stream&& other) noexcept;
    Stream& operator=(Stream&& other) noexcept;

    /// To 127.0.0.1 or ::1; an unconnected stream on failure. `receiveBuffer` sets SO_RCVBUF before connecting when
    /// not 0.
    static Stream connectTo(uint16_t port, Family family = Family::V4, int receiveBuffer = 0);

    bool connected() const { return m_descriptor >= 0; }

    int descriptor() const { return m_descriptor; }

    /// The local port.
    uint16_t localPort() const;

    /// False when the peer went away or did not read in time; then some of the bytes may have gone.
    bool write(std::string_view bytes);

    /// Bytes received and not consumed.
    std::string_view buffered() const { return {m_buffer.data() + m_begin, m_end - m_begin}; }

    void consume(size_t count);
    /// Waits for at least one more byte; false at the end, which end() tells.
    bool fill();

    End end() const { return m_endOfReading; }

    /// Exactly `count` bytes, or nothing.
    std::optional<std::string> readExactly(size_t count);
    /// Everything up to and including `mark`, or nothing; gives up past `limit` bytes.
    std::optional<std::string> readThrough(std::string_view mark, size_t limit = 1 << 20);
    /// Everything up to the end of the stream.
    std::string readToEnd();
    /// Waits for the end of the stream; true when it came as an orderly close without a further byte.
    bool expectEof();
    /// Waits for the end of the stream, closed or reset, throwing bytes away.
    bool expectEnd();

    /// Sends FIN, reading goes on.
    void shutdownWrite();
    /// Ends both directions at once; a call blocked in reading or writing returns.
    void shutdownAll();
    void close();
    /// Lets close() send RST instead of FIN (SO_LINGER 0).
    void resetOnClose();
    /// Closes with RST.
    void reset();

  private:
    bool waitFor(short events, const Deadline& deadline) const;

    int m_descriptor = -1;
    std::vector<char> m_buffer;
    size_t m_begin = 0;
    size_t m_end = 0;
    End m_endOfReading = End::Open;
};

} // namespace reverxy::test
