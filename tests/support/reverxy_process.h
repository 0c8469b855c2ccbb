// SPDX-License-Identifier: MIT
#pragma once

#include "support/client.h"
#include "support/loopback_port.h"

#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <string>
#include <string_view>

namespace reverxy::test {

/// The built program as a process of its own, with a configuration file in a folder of its own. With
/// REVERXY_TEST_REACTOR=portable it is the one built without epoll. Belongs to one thread.
class ReverxyProcess {
  public:
    /// Takes a port for it; starts nothing yet.
    ReverxyProcess();
    /// Kills it if it still runs.
    ~ReverxyProcess();

    uint16_t port() const { return m_port.number(); }

    Client connect() const { return Client(port()); }

    /// Whether the program has an epoll set, which only the native reactor takes.
    bool hasEpoll() const;

    qint64 pid() const { return m_process.processId(); }

    std::string configPath() const;
    /// Writes the file: `proxy:` with host, port and `proxy` (more lines, indented by two), then `rest`.
    void configure(std::string_view proxy, std::string_view rest);
    /// Writes the file as it is.
    void writeConfig(std::string_view text) const;
    /// `pool:` with one backend for each port.
    static std::string poolOf(const std::vector<uint16_t>& ports);

    /// For the processes started from now on.
    void setEnvironment(const QString& name, const QString& value);
    /// A path within its folder, which is also its working folder and its home.
    std::string path(std::string_view name) const;

    /// Starts it with the file and waits until it accepts connections.
    bool start(const QStringList& arguments = {});
    /// The same without naming the file.
    bool startAlone(const QStringList& arguments = {});
    /// The same with its window, if it finds a display.
    bool startWithWindow();
    /// Starts it with these arguments alone and waits for nothing.
    void launch(const QStringList& arguments);
    /// Runs it to its end with these arguments alone. Its exit code; -1 when it did not end.
    int run(const QStringList& arguments);
    void signal(int number) const;

    bool running() const { return m_process.state() != QProcess::NotRunning; }

    /// Waits for the end; the exit code, -1 when it did not end, -2 when it crashed.
    int waitForEnd();
    /// What it wrote so far, both streams.
    std::string output() const;
    bool waitForOutput(std::string_view text) const;
    /// Allows it, from now on, only so many descriptors more than it has open; false when the system does not.
    bool allowFurtherDescriptors(size_t count) const;
    /// Resident size in bytes.
    uint64_t residentSize() const;

  private:
    bool waitUntilServing();

    LoopbackPort m_port;
    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace reverxy::test
