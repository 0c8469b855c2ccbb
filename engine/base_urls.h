// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

namespace reverxy {

/// The base URLs under which clients reach what listens on `host` (as the configuration has it) and `port`, the one
/// to copy first. Where every interface is listened on, those are this machine's own name for itself and
/// `machineName`, its name for others. Empty when `port` is 0.
QStringList baseUrls(const QString& host, quint16 port, const QString& machineName);

} // namespace reverxy
