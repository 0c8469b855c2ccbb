// SPDX-License-Identifier: MIT
#include "net/port_owner.h"

#include <QDir>
#include <QFile>
#include <QSet>

namespace reverxy::net {

namespace {

/// Inodes of the sockets that listen on `port`, from the kernel's table.
QSet<QByteArray> listeningInodes(quint16 port) {
    QSet<QByteArray> inodes;
    const QByteArray suffix = ":" + QByteArray::number(port, 16).toUpper().rightJustified(4, '0');
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        QFile file(QString::fromLatin1(table));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (const QByteArray& line : lines) {
            const QList<QByteArray> columns = line.simplified().split(' ');
            // sl, local address, remote address, state (0A: listening), …, inode
            if (columns.size() > 9 && columns[1].endsWith(suffix) && columns[3] == "0A")
                inodes.insert("socket:[" + columns[9] + "]");
        }
    }
    return inodes;
}

} // namespace

std::optional<PortOwner> findPortOwner(quint16 port) {
    const QSet<QByteArray> inodes = listeningInodes(port);
    if (inodes.isEmpty())
        return std::nullopt;
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& entry : entries) {
        bool isPid = false;
        const qint64 pid = entry.toLongLong(&isPid);
        if (!isPid)
            continue;
        const QDir descriptors(QStringLiteral("/proc/%1/fd").arg(pid));
        const QFileInfoList links = descriptors.entryInfoList(QDir::System | QDir::Files | QDir::NoDotAndDotDot);
        for (const QFileInfo& link : links) {
            if (!inodes.contains(
                    QFile::symLinkTarget(link.absoluteFilePath()).section(QLatin1Char('/'), -1).toLatin1()))
                continue;
            QFile name(QStringLiteral("/proc/%1/comm").arg(pid));
            const QString text =
                name.open(QIODevice::ReadOnly) ? QString::fromUtf8(name.readAll()).trimmed() : QString();
            return PortOwner{pid, text};
        }
    }
    return std::nullopt;
}

} // namespace reverxy::net
