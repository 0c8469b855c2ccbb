// SPDX-License-Identifier: MIT
#pragma once

#include "base/name_table.h"
#include "cache/cache.h"
#include "config/config.h"
#include "health/snapshot.h"
#include "observe/decision.h"
#include "observe/log.h"
#include "observe/report.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace reverxy {

namespace proxy {
struct Runtime;
}

class CacheOperations;

/// Which of the two implementations of net::Reactor the workers run on.
enum class ReactorKind : uint8_t { Native, Portable };

/// The facade that wires the engine: workers, listener, resolver, log. No decisions of its own. Lives on one thread
/// with a Qt event loop; every call and signal belongs to that thread.
class Engine : public QObject {
    Q_OBJECT
  public:
    /// `log` and `names` must outlive the engine.
    Engine(observe::Log& log, NameTable& names, ReactorKind reactor = ReactorKind::Native,
           QObject* parent = nullptr);
    /// Cuts whatever is still running.
    ~Engine() override;

    /// Binds the listening sockets and starts the workers. On failure returns the sentence for people, and nothing
    /// runs. Port 0 picks a free port (the same in every address family).
    std::optional<QString> start(const config::Config& config);
    /// The port that is listened on; 0 when not started.
    quint16 port() const;
    /// That of the probe listener. It answers from start() on, also while the engine drains, and closes last.
    quint16 probePort() const;
    /// drain() or cut() was called, or the workers have ended.
    bool isDraining() const;
    uint32_t workers() const;
    /// Swaps routes, pools, backends, timeouts and limits without touching running exchanges. Returns the keys
    /// whose change needs a restart to take effect (listeners, worker count), in the words of the configuration.
    std::vector<QString> reload(const config::Config& config);
    /// Stops accepting, half-closes idle connections, lets running exchanges finish with `Connection: close`, cuts
    /// the rest after the configuration's drain_timeout, then emits drained(). A second call changes nothing.
    void drain();
    /// Cuts whatever still runs, whether it drains already or not; drained() follows.
    void cut();

    /// The last decisions of all workers, oldest first, at most `count` of each worker. Asks each worker and waits
    /// for the answers; for tests and diagnosis, not for the path of a request.
    std::vector<observe::Decision> recentDecisions(size_t count) const;
    /// Asks all workers for what `request` names. `receiver` is called once, later, on the engine's thread, unless
    /// the engine is destroyed before; when the workers end meanwhile, or do not run, the report is not `complete`.
    void collect(observe::ReportRequest request, std::function<void(const observe::Report&)> receiver);
    /// The configuration in use with the states of its pools and backends, whose atomics are live; null before
    /// start().
    std::shared_ptr<const proxy::Runtime> runtime() const;
    /// What is known of the health of all backends; empty while the engine does not run.
    std::vector<health::PoolSnapshot> health() const;
    /// The operator's axis: requests that run there are finished. Lasts until the configuration says something new.
    /// Returns the sentence for people when there is no such backend.
    std::optional<QString> setBackendEnabled(const QString& pool, const QString& backend, bool enabled);
    /// What the cache holds, and its verdicts since the start.
    cache::CacheTotals cacheTotals() const;
    /// For what goes through all stored responses.
    CacheOperations& cacheOperations();
    /// Client connections held now, over all workers.
    uint32_t clientConnections() const;
    /// How many there may be.
    uint32_t clientConnectionLimit() const;
    /// Exchanges running now, over all workers.
    uint32_t runningExchanges() const;

  Q_SIGNALS:
    /// The last worker has ended after drain() or cut().
    void drained();

  private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace reverxy
