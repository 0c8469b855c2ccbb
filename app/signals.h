// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace reverxy::app {

/// The process's signals as Qt signals: SIGTERM and SIGINT end it, SIGHUP reads the configuration again. One
/// instance for the life of the process, on the main thread.
class Signals final : public QObject {
    Q_OBJECT
  public:
    Signals();
    ~Signals() override;

  Q_SIGNALS:
    void terminate();
    void reload();

  private:
    void read();

    int m_read = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

/// Raises the limit on open descriptors to what the system allows, and has writes to closed sockets fail instead of
/// killing the process.
void prepareProcess();

} // namespace reverxy::app
