// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "engine_host.h"

#include <QThread>

#include <memory>

namespace reverxy {

/// The control of an engine in this process, which runs on a thread of its own: whatever the face does, or does not
/// get to do, the engine goes on.
class LocalEngineControl final : public api::EngineControl {
    Q_OBJECT
  public:
    /// `log` and `names` must outlive the control. The engine is stopped until it is told to start.
    LocalEngineControl(ConfigurationSource source, observe::Log& log, NameTable& names,
                       ReactorKind reactor = ReactorKind::Native, QObject* parent = nullptr);
    /// Cuts whatever still runs.
    ~LocalEngineControl() override;

    void watch() override;
    void unwatch() override;
    api::SnapshotPointer snapshot() const override;
    quint64 send(const api::Command& command) override;
    quint64 listCache(const api::CacheListing& listing) override;

  Q_SIGNALS:
    /// The engine has stopped after StopEngine.
    void stopped();

  private:
    class Side;
    struct Inbox;

    void takeDelivery();

    std::shared_ptr<Inbox> m_inbox;
    std::unique_ptr<Side> m_side; // lives on m_thread
    QThread m_thread;
    api::SnapshotPointer m_snapshot;
    quint64 m_lastNumber = 0;
};

} // namespace reverxy
