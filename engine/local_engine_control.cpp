// SPDX-License-Identifier: MIT
#include "local_engine_control.h"

#include "cache_operations.h"
#include "limiter_snapshots.h"
#include "proxy/limited_clients.h"
#include "proxy/runtime.h"
#include "snapshot_feed.h"

#include <mutex>
#include <utility>
#include <variant>

namespace reverxy {

namespace {

// What a face that does not get to look may have waiting: older exchanges are left out.
constexpr size_t waitingExchanges = 2000;

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

} // namespace

/// Where the engine's thread lays down what the face takes when it gets to it: only the newest snapshot, and all
/// exchanges that fit.
struct LocalEngineControl::Inbox {
    /// True when the face has to be told; otherwise it has been, and has not come yet.
    bool put(SnapshotDelivery delivery) {
        const std::lock_guard lock(mutex);
        snapshot = std::move(delivery.snapshot);
        exchanges.insert(exchanges.end(), delivery.exchanges->begin(), delivery.exchanges->end());
        skipped += delivery.skipped;
        if (exchanges.size() > waitingExchanges) {
            const size_t tooMany = exchanges.size() - waitingExchanges;
            exchanges.erase(exchanges.begin(), exchanges.begin() + static_cast<std::ptrdiff_t>(tooMany));
            skipped += tooMany;
        }
        return !std::exchange(told, true);
    }

    SnapshotDelivery take() {
        const std::lock_guard lock(mutex);
        told = false;
        return {std::exchange(snapshot, nullptr),
                std::make_shared<const std::vector<api::Exchange>>(std::exchange(exchanges, {})),
                std::exchange(skipped, 0)};
    }

    std::mutex mutex;
    bool told = false;
    api::SnapshotPointer snapshot;
    std::vector<api::Exchange> exchanges;
    quint64 skipped = 0;
};

/// The engine's side, on the engine's thread.
class LocalEngineControl::Side final : public QObject {
  public:
    using Answer = CacheOperations::ResultReceiver;

    Side(ConfigurationSource source, observe::Log& log, NameTable& names, ReactorKind reactor,
         SnapshotFeed::Receiver receiver)
        : m_source(std::move(source)), m_log(log), m_names(names), m_reactor(reactor),
          m_receiver(std::move(receiver)) {}

    /// On the engine's thread: sockets and timers belong to whoever makes them.
    void begin(std::function<void()> stopped) {
        m_host = std::make_unique<EngineHost>(std::move(m_source), m_log, m_names, m_reactor);
        m_feed = std::make_unique<SnapshotFeed>(*m_host, m_names, std::move(m_receiver));
        connect(m_host.get(), &EngineHost::stopped, this, std::move(stopped));
    }

    void end() {
        m_feed.reset();
        m_host.reset();
    }

    SnapshotFeed& feed() { return *m_feed; }

    /// `answer` is called once, at once or later, on this thread or another.
    void carryOut(const api::Command& command, const Answer& answer) {
        if (const auto result = begin(command, answer))
            answer(*result);
    }

    void listCache(const api::CacheListing& listing, const CacheOperations::PageReceiver& receiver) {
        if (Engine* const engine = m_host->engine())
            engine->cacheOperations().list(listing, engine->runtime()->redaction, receiver);
        else
            receiver({QDateTime::currentDateTime(), {}, 0, std::nullopt});
    }

  private:
    using CacheChange = void (CacheOperations::*)(const api::CacheScope&, CacheOperations::ResultReceiver);
    using Result = std::optional<api::CommandResult>;

    Result changeCache(CacheChange change, const api::CacheScope& scope, const Answer& answer) {
        Engine* const engine = m_host->engine();
        if (!engine)
            return api::CommandResult{false, QStringLiteral("The engine does not run.")};
        (engine->cacheOperations().*change)(scope, answer);
        return std::nullopt;
    }

    /// Nothing: it takes a while, and `answer` is called later.
    Result begin(const api::Command& command, const Answer& answer) {
        return std::visit(
            Overloaded{
                [this](const api::StartEngine&) -> Result {
                    const auto problem = m_host->start();
                    m_feed->setProblem(problem.value_or(QString()));
                    return resultOf(problem, QStringLiteral("The engine serves."));
                },
                [this](const api::StopEngine& stop) -> Result {
                    if (stop.cut)
                        m_host->stopNow();
                    else
                        m_host->stop();
                    m_feed->refresh();
                    return api::CommandResult{true, stop.cut ? QStringLiteral("What ran was cut.")
                                                             : QStringLiteral("The engine finishes what runs.")};
                },
                [this](const api::ReloadConfiguration&) -> Result {
                    const auto problem = m_host->reload();
                    m_feed->setProblem(problem.value_or(QString()));
                    return resultOf(problem, QStringLiteral("The configuration is in use."));
                },
                [this](const api::SetBackendEnabled& set) -> Result {
                    Engine* const engine = m_host->engine();
                    const auto problem = engine ? engine->setBackendEnabled(set.pool, set.backend, set.enabled)
                                                : QStringLiteral("The engine does not run.");
                    m_feed->refresh();
                    return resultOf(problem, set.enabled
                                                 ? QStringLiteral("“%1” takes requests.").arg(set.backend)
                                                 : QStringLiteral("“%1” gets no new requests.").arg(set.backend));
                },
                [this](const api::ResetClient& reset) -> Result {
                    Engine* const engine = m_host->engine();
                    const bool known = engine && resetClient(*engine->runtime(), m_names, reset.limiter, reset.key);
                    m_feed->refresh();
                    return known ? api::CommandResult{true, QStringLiteral("%1 begins anew.").arg(reset.key)}
                                 : api::CommandResult{false,
                                                      QStringLiteral("The limiter “%1” does not know %2 any more.")
                                                          .arg(reset.limiter, reset.key)};
                },
                [&](const api::PurgeCache& purge) {
                    return changeCache(&CacheOperations::purge, purge.scope, answer);
                },
                [&](const api::SoftPurgeCache& purge) {
                    return changeCache(&CacheOperations::markStale, purge.scope, answer);
                },
                [this](const api::ResetAllClients&) -> Result {
                    Engine* const engine = m_host->engine();
                    if (engine)
                        proxy::resetLimitedClients(*engine->runtime());
                    m_feed->refresh();
                    return engine ? api::CommandResult{true, QStringLiteral("All clients begin anew.")}
                                  : api::CommandResult{false, QStringLiteral("The engine does not run.")};
                },
            },
            command);
    }

    static api::CommandResult resultOf(const std::optional<QString>& problem, const QString& done) {
        return problem ? api::CommandResult{false, *problem} : api::CommandResult{true, done};
    }

    ConfigurationSource m_source;
    observe::Log& m_log;
    NameTable& m_names;
    const ReactorKind m_reactor;
    SnapshotFeed::Receiver m_receiver;
    std::unique_ptr<EngineHost> m_host;
    std::unique_ptr<SnapshotFeed> m_feed;
};

LocalEngineControl::LocalEngineControl(ConfigurationSource source, observe::Log& log, NameTable& names,
                                       ReactorKind reactor, QObject* parent)
    : api::EngineControl(parent), m_inbox(std::make_shared<Inbox>()),
      m_snapshot(std::make_shared<const api::EngineSnapshot>()) {
    m_side = std::make_unique<Side>(std::move(source), log, names, reactor,
                                    [this, inbox = m_inbox](SnapshotDelivery delivery) {
                                        if (inbox->put(std::move(delivery)))
                                            QMetaObject::invokeMethod(this, [this] { takeDelivery(); });
                                    });
    m_side->moveToThread(&m_thread);
    m_thread.setObjectName(QStringLiteral("engine"));
    m_thread.start();
    QMetaObject::invokeMethod(m_side.get(), [this] {
        m_side->begin([this] { QMetaObject::invokeMethod(this, &LocalEngineControl::stopped); });
    });
}

LocalEngineControl::~LocalEngineControl() {
    QMetaObject::invokeMethod(
        m_side.get(), [this] { m_side->end(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void LocalEngineControl::watch() {
    QMetaObject::invokeMethod(m_side.get(), [this] { m_side->feed().setWatched(true); });
}

void LocalEngineControl::unwatch() {
    QMetaObject::invokeMethod(m_side.get(), [this] { m_side->feed().setWatched(false); });
}

api::SnapshotPointer LocalEngineControl::snapshot() const {
    return m_snapshot;
}

quint64 LocalEngineControl::send(const api::Command& command) {
    const quint64 number = ++m_lastNumber;
    QMetaObject::invokeMethod(m_side.get(), [this, number, command] {
        m_side->carryOut(command, [this, number](const api::CommandResult& result) {
            QMetaObject::invokeMethod(this, [this, number, result] { Q_EMIT commandFinished(number, result); });
        });
    });
    return number;
}

quint64 LocalEngineControl::listCache(const api::CacheListing& listing) {
    const quint64 number = ++m_lastNumber;
    QMetaObject::invokeMethod(m_side.get(), [this, number, listing] {
        m_side->listCache(listing, [this, number](api::CachePage listed) {
            QMetaObject::invokeMethod(
                this, [this, number, page = std::make_shared<const api::CachePage>(std::move(listed))] {
                    Q_EMIT cacheListed(number, page);
                });
        });
    });
    return number;
}

void LocalEngineControl::takeDelivery() {
    SnapshotDelivery delivery = m_inbox->take();
    if (delivery.snapshot) {
        m_snapshot = delivery.snapshot;
        Q_EMIT snapshotChanged(m_snapshot);
    }
    if (!delivery.exchanges->empty() || delivery.skipped > 0)
        Q_EMIT exchangesFinished(delivery.exchanges, delivery.skipped);
}

} // namespace reverxy
