// SPDX-License-Identifier: MIT
#include "observe/log.h"

#include "observe/access_log.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace reverxy::observe {

namespace {

// What may wait for the writer: a burst of lines, and a second of access lines at some 16,000 requests per second.
constexpr size_t maxEvents = 4096;
constexpr size_t maxBatches = 256;
// Batches kept for reuse: those that were waiting, those being written, and one or two in each worker's hands.
constexpr size_t maxFreeBatches = 2 * maxBatches;
// Bytes gathered before the sink is called.
constexpr size_t chunkSize = 64 * 1024;

/// What the writer takes in one go.
struct Work {
    std::vector<Event> events;
    std::vector<std::unique_ptr<LogBatch>> batches;
    uint64_t dropped = 0; // records dropped since this was last told

    bool empty() const { return events.empty() && batches.empty(); }
};

} // namespace

struct Log::Shared {
    Shared(Sink sinkToUse, const NameTable& nameTable) : sink(std::move(sinkToUse)), names(nameTable) {
        waiting.batches.reserve(maxBatches);
        freeBatches.reserve(maxFreeBatches);
    }

    void run();
    void writeOut(const Work& work);
    void writeEvent(const Event& event);
    void pass(size_t threshold);
    void recycle(std::unique_ptr<LogBatch> batch);
    void drop(size_t records);

    /// The count of rounds at which all that is submitted by now will have been written: what waits is taken at
    /// once when the writer has finished what it has. With the mutex held.
    uint64_t roundsToFinish() const { return rounds + (writing ? 1 : 0) + (waiting.empty() ? 0 : 1); }

    const Sink sink;
    const NameTable& names;
    std::atomic<Format> format{Format::Text};
    std::atomic<uint64_t> droppedTotal{0};

    std::mutex
        mutex; // guards what follows; held for a few moves of pointers only, never while formatting or writing
    std::condition_variable wake;
    std::condition_variable done;
    Work waiting;
    std::vector<std::unique_ptr<LogBatch>> freeBatches;
    uint64_t rounds = 0;  // times that the writer finished what it had taken
    bool writing = false; // the writer has taken work that it has not finished
    bool stopping = false;

    std::string chunk; // the writer's own
    std::thread writer;
};

/// Hands to the sink what has been gathered, once there is more than `threshold` of it.
void Log::Shared::pass(size_t threshold) {
    if (chunk.size() <= threshold)
        return;
    sink(chunk);
    chunk.clear();
}

void Log::Shared::writeEvent(const Event& event) {
    appendEventLine(chunk, event, format.load(std::memory_order_relaxed));
    pass(chunkSize);
}

void Log::Shared::writeOut(const Work& work) {
    for (const Event& event : work.events)
        writeEvent(event);
    for (const std::unique_ptr<LogBatch>& batch : work.batches) {
        for (const Decision& decision : batch->decisions)
            appendAccessLine(chunk, decision, names, format.load(std::memory_order_relaxed));
        pass(chunkSize);
    }
    if (work.dropped > 0) {
        writeEvent({std::chrono::system_clock::now(), Level::Warn, "log",
                    std::to_string(work.dropped) +
                        " records were dropped, because they came faster than they could be written"});
    }
    pass(0);
}

/// Keeps a batch for emptyBatch(). The mutex is held.
void Log::Shared::recycle(std::unique_ptr<LogBatch> batch) {
    if (freeBatches.size() >= maxFreeBatches)
        return;
    batch->decisions.clear();
    freeBatches.push_back(std::move(batch));
}

/// The mutex is held.
void Log::Shared::drop(size_t records) {
    waiting.dropped += records;
    droppedTotal.fetch_add(records, std::memory_order_relaxed);
}

void Log::Shared::run() {
    Work taken;
    taken.batches.reserve(maxBatches);
    std::unique_lock lock(mutex);
    for (;;) {
        wake.wait(lock, [this] { return stopping || !waiting.empty(); });
        if (waiting.empty())
            return;
        std::swap(taken, waiting);
        writing = true;
        lock.unlock();
        writeOut(taken);
        taken.events.clear();
        lock.lock();
        for (std::unique_ptr<LogBatch>& batch : taken.batches)
            recycle(std::move(batch));
        taken.batches.clear();
        taken.dropped = 0;
        writing = false;
        ++rounds;
        done.notify_all();
    }
}

Log::Log(Sink sink, const NameTable& names) : m_shared(std::make_unique<Shared>(std::move(sink), names)) {
    m_shared->writer = std::thread([shared = m_shared.get()] { shared->run(); });
}

Log::~Log() {
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->stopping = true;
    }
    m_shared->wake.notify_one();
    m_shared->writer.join();
}

void Log::configure(Level level, Format format) {
    m_level.store(level, std::memory_order_relaxed);
    m_shared->format.store(format, std::memory_order_relaxed);
}

void Log::write(Level level, std::string_view topic, std::string message) {
    if (level < m_level.load(std::memory_order_relaxed))
        return;
    Event event{std::chrono::system_clock::now(), level, topic, std::move(message)};
    {
        const std::lock_guard lock(m_shared->mutex);
        if (m_shared->waiting.events.size() >= maxEvents) {
            m_shared->drop(1);
            return;
        }
        m_shared->waiting.events.push_back(std::move(event));
    }
    m_shared->wake.notify_one();
}

std::unique_ptr<LogBatch> Log::emptyBatch() {
    {
        const std::lock_guard lock(m_shared->mutex);
        if (!m_shared->freeBatches.empty()) {
            std::unique_ptr<LogBatch> batch = std::move(m_shared->freeBatches.back());
            m_shared->freeBatches.pop_back();
            return batch;
        }
    }
    auto batch = std::make_unique<LogBatch>();
    batch->decisions.reserve(LogBatch::capacity);
    return batch;
}

void Log::submit(std::unique_ptr<LogBatch> batch) {
    if (!batch)
        return;
    const bool wanted = Level::Info >= m_level.load(std::memory_order_relaxed) && !batch->decisions.empty();
    {
        const std::lock_guard lock(m_shared->mutex);
        const bool room = m_shared->waiting.batches.size() < maxBatches;
        if (wanted && !room)
            m_shared->drop(batch->decisions.size());
        if (!wanted || !room) {
            m_shared->recycle(std::move(batch));
            return;
        }
        m_shared->waiting.batches.push_back(std::move(batch));
    }
    m_shared->wake.notify_one();
}

uint64_t Log::dropped() const {
    return m_shared->droppedTotal.load(std::memory_order_relaxed);
}

void Log::flush() {
    std::unique_lock lock(m_shared->mutex);
    const uint64_t enough = m_shared->roundsToFinish();
    m_shared->done.wait(lock, [&] { return m_shared->rounds >= enough; });
}

bool Log::flushFor(std::chrono::milliseconds patience) {
    std::unique_lock lock(m_shared->mutex);
    const uint64_t enough = m_shared->roundsToFinish();
    return m_shared->done.wait_for(lock, patience, [&] { return m_shared->rounds >= enough; });
}

} // namespace reverxy::observe
