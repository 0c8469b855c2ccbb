// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/demo_configuration.h"

#include <QObject>
#include <QString>
#include <QThread>

#include <functional>
#include <memory>
#include <optional>

namespace reverxy::demo {

/// What `--demo` puts around the proxy: three small services behind it and clients in front of it, all in this
/// process, on a thread of their own and on loopback. Needs neither files nor a network.
///
/// In order: start(); let an engine serve demoConfiguration(ports(), ...); sendTraffic() to where it listens; print
/// introduction(). All calls belong to one thread, which they hold up for no longer than opening a socket takes.
class Demo final {
  public:
    /// `seed` decides all that is left to chance, but for what the network does with it.
    explicit Demo(uint32_t seed);
    ~Demo();
    Demo(const Demo&) = delete;
    Demo& operator=(const Demo&) = delete;

    /// Starts the services and chooses the proxy's ports. Once. On failure returns what is wrong, for people.
    std::optional<QString> start();

    /// Where the services listen, and where the proxy should.
    const DemoPorts& ports() const { return m_ports; }

    /// From now on the clients talk to the proxy there, until stopTraffic(). May be called again, with another one.
    void sendTraffic(const QString& host, uint16_t port);
    void stopTraffic();

  private:
    struct Side;

    void onThread(const std::function<void()>& work);

    const uint32_t m_seed;
    DemoPorts m_ports;
    QThread m_thread;
    QObject m_anchor;             // lives on m_thread: calls are queued to it
    std::unique_ptr<Side> m_side; // made, used and destroyed on m_thread
};

} // namespace reverxy::demo
