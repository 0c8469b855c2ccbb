// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <optional>

namespace reverxy::net {

struct PortOwner {
    qint64 pid = 0;
    QString name;
};

/// The process that listens on a TCP port, where the system tells (Linux: /proc, of one's own processes or as
/// root). Slow; for error messages.
std::optional<PortOwner> findPortOwner(quint16 port);

} // namespace reverxy::net
