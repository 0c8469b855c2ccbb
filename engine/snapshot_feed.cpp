// SPDX-License-Identifier: MIT
#include "snapshot_feed.h"

#include "base_urls.h"
#include "cache_values.h"
#include "exchange_values.h"
#include "limiter_snapshots.h"
#include "snapshot_builder.h"

#include <QSysInfo>

#include <utility>

namespace reverxy {

namespace {

constexpr std::chrono::milliseconds interval{250};
constexpr uint32_t runningAtOnce = 200;

api::EngineState stateOf(EngineHost::State state) {
    switch (state) {
    case EngineHost::State::Stopped:
        return api::EngineState::Stopped;
    case EngineHost::State::Running:
        return api::EngineState::Running;
    case EngineHost::State::Draining:
        return api::EngineState::Draining;
    }
    return api::EngineState::Stopped;
}

} // namespace

SnapshotFeed::SnapshotFeed(EngineHost& host, const NameTable& names, Receiver receiver)
    : m_host(host), m_names(names), m_receiver(std::move(receiver)) {
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, [this] { ask(); });
    connect(&m_host, &EngineHost::started, this, [this] {
        forgetEngine();
        m_startedAt = QDateTime::currentDateTime();
        refresh();
    });
    connect(&m_host, &EngineHost::stopped, this, [this] {
        forgetEngine();
        refresh();
    });
}

void SnapshotFeed::setWatched(bool watched) {
    m_watched = watched;
    if (!watched) {
        m_timer.stop();
        return;
    }
    forgetEngine(); // whoever begins to look sees what went before
    refresh();
}

void SnapshotFeed::refresh() {
    if (!m_watched)
        return;
    m_timer.start();
    ask();
}

void SnapshotFeed::setProblem(const QString& problem) {
    m_problem = problem;
    refresh();
}

void SnapshotFeed::forgetEngine() {
    ++m_engineNumber;
    m_asking = false;
    m_positions.clear();
    m_seconds.clear();
}

void SnapshotFeed::ask() {
    Engine* const engine = m_host.engine();
    if (!engine) {
        m_timer.stop(); // nothing changes until it is started
        m_receiver({std::make_shared<const api::EngineSnapshot>(frame()),
                    std::make_shared<const std::vector<api::Exchange>>(), 0});
        return;
    }
    if (m_asking)
        return;
    m_asking = true;
    observe::ReportRequest request;
    request.counters = true;
    request.seconds = m_seconds.wanted();
    request.running = runningAtOnce;
    request.decisions = exchangesAtOnce;
    request.after = m_positions;
    engine->collect(std::move(request), [this, number = m_engineNumber](const observe::Report& report) {
        if (number != m_engineNumber)
            return;
        m_asking = false;
        answered(report);
    });
}

void SnapshotFeed::answered(const observe::Report& report) {
    Engine* const engine = m_host.engine();
    if (!engine || !m_watched)
        return;
    api::EngineSnapshot snapshot = frame();
    const auto runtime = engine->runtime();
    fillSnapshot(snapshot, {report, *runtime, engine->health(), m_names});
    snapshot.cache = cacheSnapshot(engine->cacheTotals(), runtime->config.cache);
    snapshot.limiters = limiterSnapshots(*runtime, m_names, report.taken, report.takenWall);
    m_seconds.take(report.seconds);
    snapshot.seconds = m_seconds.seconds();
    m_positions = report.positions;
    std::vector<api::Exchange> exchanges;
    exchanges.reserve(report.decisions.size());
    for (const observe::Decision& decision : report.decisions)
        exchanges.push_back(valuesOf(decision, m_names));
    m_receiver({std::make_shared<const api::EngineSnapshot>(std::move(snapshot)),
                std::make_shared<const std::vector<api::Exchange>>(std::move(exchanges)), report.skipped});
}

/// What needs no worker's answer.
api::EngineSnapshot SnapshotFeed::frame() const {
    api::EngineSnapshot snapshot;
    snapshot.taken = QDateTime::currentDateTime();
    snapshot.state = stateOf(m_host.state());
    snapshot.problem = m_problem;
    snapshot.configurationPath = m_host.configurationPath();
    const Engine* const engine = m_host.engine();
    if (!engine)
        return snapshot;
    snapshot.startedAt = m_startedAt;
    const config::Proxy& proxy = engine->runtime()->config.proxy;
    const QString machine = QSysInfo::machineHostName();
    snapshot.addresses = baseUrls(QString::fromStdString(proxy.host), engine->port(), machine);
    snapshot.probeAddress =
        baseUrls(QString::fromStdString(proxy.probeHost), engine->probePort(), machine).value(0);
    snapshot.workers = engine->workers();
    snapshot.clientConnections = engine->clientConnections();
    snapshot.runningExchanges = engine->runningExchanges();
    return snapshot;
}

} // namespace reverxy
