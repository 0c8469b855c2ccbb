// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/name_table.h"
#include "observe/decision.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::observe {

enum class Level : uint8_t { Debug, Info, Warn, Error };
enum class Format : uint8_t { Text, Json };

/// A line that is not an exchange: start, reload, a flip, a bad message.
struct Event {
    WallTime time;
    Level level = Level::Info;
    std::string_view topic; // a literal: `engine`, `config`, `listener`, `client`, `backend`, `health`
    std::string message;
};

/// Decisions gathered by one worker, handed to the log thread as one. Recycled, so that a worker in steady use
/// allocates none.
struct LogBatch {
    static constexpr size_t capacity = 64;
    std::vector<Decision> decisions;
};

/// The log: one thread of its own writes batches of records; whoever logs never waits for it. When it cannot keep
/// up, records are dropped and counted, and the count is written as a line of its own once there is room.
class Log {
  public:
    /// Writes bytes to where the log goes; called on the log thread only.
    using Sink = std::function<void(std::string_view bytes)>;

    /// `names` turns ids into names and must outlive the log.
    Log(Sink sink, const NameTable& names);
    /// Writes what was submitted, then stops the thread.
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// Level and format take effect with the next record. Thread-safe.
    void configure(Level level, Format format);

    Level level() const { return m_level.load(std::memory_order_relaxed); }

    /// Thread-safe; drops the event when it is below the level or the queue is full.
    void write(Level level, std::string_view topic, std::string message);

    /// An empty batch with room for LogBatch::capacity decisions. Thread-safe.
    std::unique_ptr<LogBatch> emptyBatch();
    /// Hands a batch over; its decisions are written as access lines at level info. Thread-safe, never waits.
    void submit(std::unique_ptr<LogBatch> batch);
    /// Records dropped so far because the writer could not keep up.
    uint64_t dropped() const;
    /// Waits until everything submitted before the call is written. For tests.
    void flush();
    /// The same for at most `patience`; false when the writer has not come to an end by then, because whoever reads
    /// the log does not.
    bool flushFor(std::chrono::milliseconds patience);

  private:
    struct Shared;
    std::atomic<Level> m_level{Level::Info};
    std::unique_ptr<Shared> m_shared;
};

} // namespace reverxy::observe
