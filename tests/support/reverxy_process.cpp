// SPDX-License-Identifier: MIT
#include "support/reverxy_process.h"

#include "support/deadline.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcessEnvironment>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/resource.h>

namespace reverxy::test {

ReverxyProcess::ReverxyProcess() {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& name : environment.keys()) {
        if (name.startsWith(QLatin1String("REVERXY_")) || name == QLatin1String("CONFIG_PATH"))
            environment.remove(name);
    }
    environment.insert(QStringLiteral("HOME"), m_folder.path());
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder.path() + QStringLiteral("/.config"));
    m_process.setProcessEnvironment(environment);
    m_process.setWorkingDirectory(m_folder.path());
    m_process.setProcessChannelMode(QProcess::MergedChannels);
}

ReverxyProcess::~ReverxyProcess() {
    if (!running())
        return;
    m_process.kill();
    m_process.waitForFinished();
}

std::string ReverxyProcess::configPath() const {
    return path("config.yaml");
}

std::string ReverxyProcess::path(std::string_view name) const {
    return m_folder.path().toStdString().append("/").append(name);
}

void ReverxyProcess::setEnvironment(const QString& name, const QString& value) {
    QProcessEnvironment environment = m_process.processEnvironment();
    environment.insert(name, value);
    m_process.setProcessEnvironment(environment);
}

void ReverxyProcess::writeConfig(std::string_view text) const {
    // Written beside and moved into place, so that a reload never meets half a file.
    const std::string beside = configPath() + ".new";
    std::ofstream(beside) << text;
    std::rename(beside.c_str(), configPath().c_str());
}

void ReverxyProcess::configure(std::string_view proxy, std::string_view rest) {
    std::string text = "proxy:\n  host: 127.0.0.1\n  port: " + std::to_string(port()) + "\n  probe_port: 0\n";
    text.append(proxy).append("cache: { enabled: false }\n").append(rest);
    writeConfig(text);
}

std::string ReverxyProcess::poolOf(const std::vector<uint16_t>& ports) {
    std::string text = "pool:\n  health_checker: { enabled: false }\n  backends:\n";
    for (size_t i = 0; i < ports.size(); ++i)
        text += "    - { name: origin-" + std::to_string(i + 1) +
                ", url: \"http://127.0.0.1:" + std::to_string(ports[i]) + "\" }\n";
    return text;
}

void ReverxyProcess::launch(const QStringList& arguments) {
    const QString outputPath = m_folder.filePath(QStringLiteral("output"));
    QFile::remove(outputPath);
    m_process.setStandardOutputFile(outputPath);
    const bool portable = qgetenv("REVERXY_TEST_REACTOR") == "portable";
    m_process.start(portable ? QStringLiteral(REVERXY_PORTABLE_BINARY) : QStringLiteral(REVERXY_BINARY), arguments);
}

bool ReverxyProcess::start(const QStringList& arguments) {
    return startAlone(QStringList{QStringLiteral("--config"), QString::fromStdString(configPath())} + arguments);
}

bool ReverxyProcess::startAlone(const QStringList& arguments) {
    launch(QStringList{QStringLiteral("--no-gui")} + arguments);
    return waitUntilServing();
}

bool ReverxyProcess::startWithWindow() {
    launch({QStringLiteral("--config"), QString::fromStdString(configPath())});
    return waitUntilServing();
}

bool ReverxyProcess::waitUntilServing() {
    return m_process.waitForStarted() &&
           waitUntil([this] { return !m_process.waitForFinished(1) && connect().connected(); });
}

int ReverxyProcess::run(const QStringList& arguments) {
    launch(arguments);
    return waitForEnd();
}

void ReverxyProcess::signal(int number) const {
    ::kill(static_cast<pid_t>(pid()), number);
}

int ReverxyProcess::waitForEnd() {
    if (running() && !m_process.waitForFinished(static_cast<int>(patience().count())))
        return -1;
    return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -2;
}

std::string ReverxyProcess::output() const {
    std::ifstream file(m_folder.filePath(QStringLiteral("output")).toStdString());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool ReverxyProcess::waitForOutput(std::string_view text) const {
    return waitUntil([&] { return output().find(text) != std::string::npos; });
}

bool ReverxyProcess::allowFurtherDescriptors(size_t count) const {
    const QDir open(QStringLiteral("/proc/%1/fd").arg(pid()));
    rlimit limit{};
    if (::prlimit(static_cast<pid_t>(pid()), RLIMIT_NOFILE, nullptr, &limit) != 0)
        return false;
    limit.rlim_cur =
        static_cast<rlim_t>(open.entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System).size()) +
        static_cast<rlim_t>(count);
    return ::prlimit(static_cast<pid_t>(pid()), RLIMIT_NOFILE, &limit, nullptr) == 0;
}

bool ReverxyProcess::hasEpoll() const {
    const QDir open(QStringLiteral("/proc/%1/fd").arg(pid()));
    const QFileInfoList descriptors = open.entryInfoList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System);
    return std::any_of(descriptors.begin(), descriptors.end(), [](const QFileInfo& descriptor) {
        return descriptor.symLinkTarget().contains(QLatin1String("[eventpoll]"));
    });
}

uint64_t ReverxyProcess::residentSize() const {
    std::ifstream file("/proc/" + std::to_string(pid()) + "/status");
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("VmRSS:"))
            return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    }
    return 0;
}

} // namespace reverxy::test
