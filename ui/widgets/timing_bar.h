// SPDX-License-Identifier: MIT
#pragma once

#include "ui/models/exchange_text.h"

#include <QWidget>

#include <vector>

namespace reverxy::ui {

/// What an exchange spent its time on: a bar in proportion, and below it each part with its time.
class TimingBar : public QWidget {
    Q_OBJECT
  public:
    explicit TimingBar(QWidget* parent = nullptr);

    void setParts(const std::vector<TimeSpent>& parts);
    /// The part under a point of this widget, as its tooltip tells it; empty where there is none.
    QString partAt(const QPoint& position) const;

    bool hasHeightForWidth() const override { return true; }

    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Place {
        QRectF bar;
        QRectF text;
    };

    std::vector<Place> places(int width) const;

    std::vector<TimeSpent> m_parts;
};

} // namespace reverxy::ui
