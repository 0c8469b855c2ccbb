// SPDX-License-Identifier: MIT
#pragma once

#include <QSplitter>

namespace reverxy::ui {

/// A splitter whose handle is a hairline with some room around it to grip.
class Splitter : public QSplitter {
    Q_OBJECT
  public:
    explicit Splitter(Qt::Orientation orientation, QWidget* parent = nullptr);

  protected:
    QSplitterHandle* createHandle() override;
};

} // namespace reverxy::ui
