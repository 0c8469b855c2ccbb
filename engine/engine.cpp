// SPDX-License-Identifier: MIT
#include "engine.h"

#include "cache_operations.h"
#include "config/diff.h"
#include "engine_probes.h"
#include "net/collector.h"
#include "net/health_monitor.h"
#include "net/listening.h"
#include "net/memory_guard.h"
#include "net/resolver.h"
#include "net/socket.h"
#include "net/switchboard.h"
#include "net/thread_policy.h"
#include "net/worker.h"
#include "proxy/runtime.h"

#include <QAbstractEventDispatcher>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <random>

namespace reverxy {

namespace {

observe::Level levelOf(config::LogLevel level) {
    return static_cast<observe::Level>(level);
}

HashSeed drawSeed() {
    std::random_device random;
    const auto draw = [&random] { return uint64_t{random()} << 32 | random(); };
    return {draw(), draw()};
}

/// A thread whose event loop serves one worker.
class WorkerThread final : public QThread {
  public:
    explicit WorkerThread(net::WorkerSetup setup) : m_setup(std::move(setup)) {
        if (m_setup.portableReactor)
            return;
        if (auto dispatcher = net::makeEpollDispatcher())
            setEventDispatcher(dispatcher.release());
    }

  private:
    void run() override {
        // Clients, backends and whatever else is at work then end what they are at, and the worker finds more at
        // once when its turn comes. Where that is refused it is only dearer.
        net::scheduleAsBatch();
        net::Worker worker(std::move(m_setup));
        exec();
    }

    net::WorkerSetup m_setup;
};

} // namespace

struct Engine::Private {
    Private(Engine& owner, observe::Log& logToUse, NameTable& namesToUse, ReactorKind kind)
        : engine(owner), log(logToUse), names(namesToUse), reactor(kind) {}

    void limitClients();
    void workerDrained(size_t index);
    void endWorkers();

    Engine& engine;
    observe::Log& log;
    NameTable& names;
    const ReactorKind reactor;
    config::Config config;
    proxy::SharedState shared{drawSeed(), std::chrono::steady_clock::now()};
    CacheOperations cacheOperations{shared.cache(), log};
    net::ListeningSockets listening;
    quint16 port = 0;
    std::shared_ptr<const proxy::Runtime> runtime;
    net::HealthInbox healthInbox;
    // Destroyed in reverse: the threads before what they use.
    std::unique_ptr<net::Switchboard> switchboard;
    std::unique_ptr<net::Collector> collector;
    std::unique_ptr<net::Resolver> resolver;
    std::unique_ptr<net::HealthMonitor> health;
    std::unique_ptr<net::MemoryGuard> memory;
    std::vector<std::unique_ptr<WorkerThread>> threads;
    std::vector<bool> workersDrained; // each has told at least once that it has no clients left
    bool draining = false;
    QTimer drainTimer;
    std::unique_ptr<EngineProbes> probes;
};

Engine::Engine(observe::Log& log, NameTable& names, ReactorKind reactor, QObject* parent)
    : QObject(parent), d(std::make_unique<Private>(*this, log, names, reactor)) {
    d->drainTimer.setSingleShot(true);
    connect(&d->drainTimer, &QTimer::timeout, this, [this] {
        const uint32_t left = d->switchboard->totalClients;
        d->log.write(observe::Level::Warn, "engine",
                     "drain_timeout is over: " + std::to_string(left) + " client connections are cut");
        d->switchboard->postToAll(net::CutAll{});
    });
}

Engine::~Engine() {
    if (d->collector)
        d->collector->abandon();
    d->probes.reset();
    d->endWorkers();
}

std::optional<QString> Engine::start(const config::Config& config) {
    if (auto problem = d->listening.open(QString::fromStdString(config.proxy.host), config.proxy.port))
        return problem;
    d->probes = std::make_unique<EngineProbes>(*this, d->log, d->names);
    if (auto problem = d->probes->open(config.proxy)) {
        d->listening.close();
        return problem;
    }
    d->config = config;
    d->port = d->listening.port();
    d->log.configure(levelOf(config.log.level), static_cast<observe::Format>(config.log.format));
    const uint32_t workers = config.proxy.workers > 0
                                 ? config.proxy.workers
                                 : static_cast<uint32_t>(std::max(1, QThread::idealThreadCount()));
    d->switchboard = std::make_unique<net::Switchboard>(workers, d->shared.seed());
    d->collector = std::make_unique<net::Collector>(*d->switchboard);
    d->limitClients();
    d->workersDrained.assign(workers, false);
    d->resolver = std::make_unique<net::Resolver>(d->shared, *d->switchboard, d->log);
    const auto runtime = d->runtime = proxy::compileRuntime(config, d->shared, d->names);
    d->health = std::make_unique<net::HealthMonitor>(d->shared, *d->switchboard, d->log, d->healthInbox,
                                                     d->reactor == ReactorKind::Portable);
    d->health->use(runtime);
    d->resolver->refreshNew(std::chrono::steady_clock::now());
    for (uint32_t index = 0; index < workers; ++index) {
        net::WorkerSetup setup{index,
                               *d->switchboard,
                               d->log,
                               d->healthInbox,
                               d->reactor == ReactorKind::Portable,
                               d->listening.duplicates(),
                               runtime,
                               [this, index] {
                                   QMetaObject::invokeMethod(
                                       this, [this, index] { d->workerDrained(index); }, Qt::QueuedConnection);
                               }};
        auto thread = std::make_unique<WorkerThread>(std::move(setup));
        thread->setObjectName(QStringLiteral("worker-%1").arg(index));
        thread->start();
        d->threads.push_back(std::move(thread));
    }
    d->memory = std::make_unique<net::MemoryGuard>(*d->switchboard, d->shared.cache(), d->log);
    d->memory->setLimit(config.proxy.memoryLimit);
    d->log.write(observe::Level::Info, "engine",
                 "listening on " + config.proxy.host + " port " + std::to_string(d->port) + ", " +
                     std::to_string(workers) + (workers == 1 ? " worker" : " workers"));
    d->log.write(observe::Level::Info, "engine",
                 "/live, /ready and /metrics are on " + config.proxy.probeHost + " port " +
                     std::to_string(d->probes->port()));
    return std::nullopt;
}

quint16 Engine::port() const {
    return d->port;
}

quint16 Engine::probePort() const {
    return d->probes ? d->probes->port() : 0;
}

bool Engine::isDraining() const {
    return d->draining || d->threads.empty();
}

uint32_t Engine::workers() const {
    return static_cast<uint32_t>(d->threads.size());
}

std::vector<QString> Engine::reload(const config::Config& config) {
    std::vector<QString> needRestart;
    const config::Difference difference = config::difference(d->config, config);
    for (const std::string& key : difference.restart)
        needRestart.push_back(QString::fromStdString(key));
    d->log.configure(levelOf(config.log.level), static_cast<observe::Format>(config.log.format));
    const auto runtime = d->runtime = proxy::compileRuntime(config, d->shared, d->names);
    const auto taken = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(d->threads.size()));
    if (!d->threads.empty())
        d->switchboard->postToAll(net::UseRuntime{runtime, taken});
    if (d->health)
        d->health->use(runtime);
    d->resolver->refreshNew(std::chrono::steady_clock::now());
    // Whoever has been told that the file was read again may rely on it. Workers wait for nobody, so this is over
    // in a moment.
    taken->wait();
    for (const auto& backend : d->shared.backends())
        d->switchboard->offerNewSlots(backend);
    d->shared.forgetUnused();
    // What needs a restart stays as it was started, so that the next comparison names it again.
    const config::Proxy started = d->config.proxy;
    d->config = config;
    d->config.proxy.host = started.host;
    d->config.proxy.port = started.port;
    d->config.proxy.probeHost = started.probeHost;
    d->config.proxy.probePort = started.probePort;
    d->config.proxy.workers = started.workers;
    d->limitClients();
    d->memory->setLimit(config.proxy.memoryLimit);
    d->switchboard->wakeAcceptors(); // there may be room where there was none
    return needRestart;
}

void Engine::drain() {
    if (!d->switchboard) {
        Q_EMIT drained();
        return;
    }
    if (d->draining)
        return;
    d->draining = true;
    const auto timeout = d->config.proxy.drainTimeout;
    d->log.write(observe::Level::Info, "engine",
                 "draining: no new connections; " + std::to_string(d->switchboard->totalClients.load()) +
                     " client connections get up to " + std::to_string(timeout.count()) + " ms to finish");
    d->switchboard->postToAll(net::Drain{});
    d->listening.close();
    d->drainTimer.start(timeout);
}

void Engine::cut() {
    if (!d->switchboard) {
        Q_EMIT drained();
        return;
    }
    d->draining = true;
    d->drainTimer.stop();
    d->listening.close();
    d->switchboard->postToAll(net::CutAll{});
}

std::vector<observe::Decision> Engine::recentDecisions(size_t count) const {
    std::mutex mutex;
    std::condition_variable answered;
    size_t missing = d->threads.size();
    std::vector<observe::Decision> all;
    for (size_t i = 0; i < d->threads.size(); ++i) {
        d->switchboard->post(i, net::AskDecisions{count, [&](std::vector<observe::Decision> decisions) {
                                                      std::lock_guard lock(mutex);
                                                      all.insert(all.end(), decisions.begin(), decisions.end());
                                                      --missing;
                                                      answered.notify_one();
                                                  }});
    }
    std::unique_lock lock(mutex);
    answered.wait(lock, [&] { return missing == 0; });
    std::stable_sort(all.begin(), all.end(),
                     [](const observe::Decision& a, const observe::Decision& b) { return a.started < b.started; });
    return all;
}

void Engine::collect(observe::ReportRequest request, std::function<void(const observe::Report&)> receiver) {
    if (d->collector) {
        d->collector->ask(std::move(request), std::move(receiver));
        return;
    }
    QMetaObject::invokeMethod(
        this, [receiver = std::move(receiver)] { receiver(observe::Report{}); }, Qt::QueuedConnection);
}

std::shared_ptr<const proxy::Runtime> Engine::runtime() const {
    return d->runtime;
}

std::vector<health::PoolSnapshot> Engine::health() const {
    return d->health ? d->health->snapshot() : std::vector<health::PoolSnapshot>();
}

std::optional<QString> Engine::setBackendEnabled(const QString& pool, const QString& backend, bool enabled) {
    if (!d->health)
        return QStringLiteral("the engine does not run");
    const auto problem = d->health->setEnabled(pool.toStdString(), backend.toStdString(), enabled);
    return problem ? std::optional(QString::fromStdString(*problem)) : std::nullopt;
}

cache::CacheTotals Engine::cacheTotals() const {
    return d->shared.cache().totals();
}

CacheOperations& Engine::cacheOperations() {
    return d->cacheOperations;
}

uint32_t Engine::clientConnections() const {
    return d->switchboard ? d->switchboard->totalClients.load() : 0;
}

uint32_t Engine::clientConnectionLimit() const {
    return d->switchboard ? d->switchboard->maxClients.load() : 0;
}

uint32_t Engine::runningExchanges() const {
    uint32_t running = 0;
    for (size_t i = 0; d->switchboard && i < d->switchboard->workers(); ++i)
        running += d->switchboard->worker(i).exchanges.load();
    return running;
}

/// Each client may need a connection to a backend: a part of the descriptors is kept for those.
void Engine::Private::limitClients() {
    const size_t descriptors = net::descriptorLimit();
    const size_t parts = descriptors > 512 ? (descriptors - 256) / 8 * 5 : descriptors / 16 * 5;
    const auto most = static_cast<uint32_t>(std::clamp<size_t>(parts, 1, UINT32_MAX));
    if (config.proxy.maxConnections > most)
        log.write(observe::Level::Warn, "engine",
                  "proxy.max_connections is held to " + std::to_string(most) +
                      ": the process may have no more than " + std::to_string(descriptors) +
                      " descriptors open; raise the limit (ulimit -n)");
    switchboard->maxClients = std::min(config.proxy.maxConnections, most);
}

void Engine::Private::workerDrained(size_t index) {
    workersDrained[index] = true;
    const bool all = std::all_of(workersDrained.begin(), workersDrained.end(), [](bool told) { return told; });
    // A client on its way from one worker to another is counted already, and its worker tells again.
    if (!all || switchboard->totalClients > 0 || threads.empty())
        return;
    drainTimer.stop();
    endWorkers();
    log.write(observe::Level::Info, "engine", "drained");
    Q_EMIT engine.drained();
}

void Engine::Private::endWorkers() {
    for (auto& thread : threads)
        thread->quit();
    for (auto& thread : threads)
        thread->wait();
    threads.clear();
    health.reset();
    listening.close();
    if (collector)
        collector->workersEnded();
    if (probes)
        probes->close();
}

} // namespace reverxy
