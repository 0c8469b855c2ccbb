// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "base/name_table.h"
#include "engine_host.h"
#include "observe/report.h"
#include "second_history.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <vector>

namespace reverxy {

/// What somebody who looks is given at once: a snapshot, and the exchanges that ended since the last one.
struct SnapshotDelivery {
    api::SnapshotPointer snapshot;
    api::ExchangeBatch exchanges;
    quint64 skipped = 0;
};

/// Asks the workers a few times a second while somebody looks, and makes snapshots of their answers. Belongs to the
/// engine's thread.
class SnapshotFeed final : public QObject {
  public:
    using Receiver = std::function<void(SnapshotDelivery)>;

    /// Exchanges given at once, of each worker: more are counted and left out.
    static constexpr uint32_t exchangesAtOnce = 250;

    SnapshotFeed(EngineHost& host, const NameTable& names, Receiver receiver);

    void setWatched(bool watched);
    /// Something has changed that is worth showing at once.
    void refresh();
    /// What `problem` says stands in all snapshots until it is set again.
    void setProblem(const QString& problem);

  private:
    void ask();
    void answered(const observe::Report& report);
    api::EngineSnapshot frame() const;
    void forgetEngine();

    EngineHost& m_host;
    const NameTable& m_names;
    Receiver m_receiver;
    QTimer m_timer;
    bool m_watched = false;
    bool m_asking = false;
    quint64 m_engineNumber = 0; // answers of an engine that has been stopped since are dropped
    QString m_problem;
    QDateTime m_startedAt;
    std::vector<uint64_t> m_positions;
    SecondHistory m_seconds;
};

} // namespace reverxy
