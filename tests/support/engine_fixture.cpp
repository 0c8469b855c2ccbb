// SPDX-License-Identifier: MIT
#include "support/engine_fixture.h"

#include <QMetaObject>

#include <algorithm>
#include <cstdlib>
#include <future>

namespace reverxy::test {

namespace {

constexpr size_t logKept = 16 << 20;

} // namespace

ReactorKind reactorUnderTest() {
    const char* const kind = std::getenv("REVERXY_TEST_REACTOR");
    return kind && std::string_view(kind) == "portable" ? ReactorKind::Portable : ReactorKind::Native;
}

RunningEngine::RunningEngine(const config::Config& config) : m_onThread(std::make_unique<QObject>()) {
    const auto sink = [this](std::string_view bytes) {
        const std::lock_guard lock(m_logMutex);
        if (m_logged.size() < logKept)
            m_logged.append(bytes);
    };
    m_log = std::make_unique<observe::Log>(sink, m_names);
    m_log->configure(observe::Level::Debug, observe::Format::Text);
    m_onThread->moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(
        m_onThread.get(),
        [this, &config] {
            m_engine = std::make_unique<Engine>(*m_log, m_names, reactorUnderTest());
            QObject::connect(m_engine.get(), &Engine::drained, m_engine.get(), [this] { m_drained = true; });
            if (const auto error = m_engine->start(config))
                m_startError = error->isEmpty() ? "failed without a word" : error->toStdString();
            m_port = m_engine->port();
            m_probePort = m_engine->probePort();
        },
        Qt::BlockingQueuedConnection);
    if (!m_startError.empty())
        qWarning("the engine did not start: %s", m_startError.c_str());
}

RunningEngine::~RunningEngine() {
    QMetaObject::invokeMethod(
        m_onThread.get(),
        [this] {
            m_engine.reset();
            m_onThread.release()->deleteLater();
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void RunningEngine::onEngine(const std::function<void(Engine&)>& work) const {
    QMetaObject::invokeMethod(
        m_onThread.get(), [&] { work(*m_engine); }, Qt::BlockingQueuedConnection);
}

std::vector<std::string> RunningEngine::reload(const config::Config& config) {
    std::vector<std::string> keys;
    onEngine([&](Engine& engine) {
        for (const QString& key : engine.reload(config))
            keys.push_back(key.toStdString());
        // The workers take the configuration over as a message. Whatever they answer afterwards, they answer with
        // it.
        engine.recentDecisions(0);
    });
    return keys;
}

void RunningEngine::drain() {
    onEngine([](Engine& engine) { engine.drain(); });
}

void RunningEngine::cut() {
    onEngine([](Engine& engine) { engine.cut(); });
}

bool RunningEngine::waitDrained() const {
    return waitUntil([this] { return isDrained(); });
}

std::vector<observe::Decision> RunningEngine::decisions(size_t count) const {
    std::vector<observe::Decision> decisions;
    onEngine([&](Engine& engine) { decisions = engine.recentDecisions(count); });
    return decisions;
}

std::vector<observe::Decision> RunningEngine::waitForDecisions(size_t count) const {
    waitUntil([&] { return decisions().size() >= count; });
    return decisions();
}

observe::Report RunningEngine::collect(const observe::ReportRequest& request) const {
    std::promise<observe::Report> promise;
    auto future = promise.get_future();
    onEngine([&](Engine& engine) {
        engine.collect(request, [&](const observe::Report& report) { promise.set_value(report); });
    });
    return future.get();
}

uint32_t RunningEngine::clientConnections() const {
    uint32_t count = 0;
    onEngine([&](Engine& engine) { count = engine.clientConnections(); });
    return count;
}

uint32_t RunningEngine::runningExchanges() const {
    uint32_t count = 0;
    onEngine([&](Engine& engine) { count = engine.runningExchanges(); });
    return count;
}

std::string RunningEngine::log() const {
    m_log->flush();
    const std::lock_guard lock(m_logMutex);
    return m_logged;
}

bool RunningEngine::waitForLog(std::string_view text) const {
    return waitUntil([&] { return log().find(text) != std::string::npos; });
}

} // namespace reverxy::test
