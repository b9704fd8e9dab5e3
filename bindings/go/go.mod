module sessionpay

go 1.19
